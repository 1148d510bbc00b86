import * as z from 'zod';

/** Options that every telephone source shares. */

/** The queues whose calls count; every queue when absent. */
export const queues = z.array(z.string().min(1).max(200)).min(1).optional();

/** What becomes of a caller's number: nothing leaves the agent's host but, if wanted, a pseudonym made with its own salt. */
export const callers = z.enum(['drop', 'pseudonym']).default('drop');
