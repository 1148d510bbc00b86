import { isDeepStrictEqual } from 'node:util';
import type { HttpOptions } from '@nines/shared/probes/http.ts';
import { parseJsonPath, valueAt } from '@nines/shared/probes/json-path.ts';
import { ProbeFailure } from '../failure-reason.ts';
import type { PatternBudget } from './pattern-budget.ts';

/** What came back, as far as an expectation can be about it. */
export interface HttpAnswer {
  readonly status: number;
  readonly version: '1.1' | '2';
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Bytes of the body that were read. */
  readonly bytes: number;
  /** The body goes on beyond what was read. */
  readonly isCut: boolean;
  /** Empty when no expectation needs the body. */
  readonly body: Buffer;
}

/** The compiled expectations of one check. */
export interface Expectation {
  readonly needsBody: boolean;
  /** Throws `ProbeFailure` for the first that is not met, `CannotTell` for a pattern that takes too long. */
  check(answer: HttpAnswer, patterns: PatternBudget): void;
}

type Rule = (answer: HttpAnswer, patterns: PatternBudget) => void;

/** Compiles every pattern and path once, so that a run only applies them. */
export function compileExpectation(options: HttpOptions): Expectation {
  const { expect } = options;
  const aboutBody = [...textRules(expect), ...expect.json.map(jsonRule)];
  const rules: Rule[] = [statusRule(expect.status)];
  if (expect.version !== undefined) rules.push(versionRule(expect.version));
  rules.push(...Object.entries(expect.headers).map(headerRule), ...sizeRules(expect));
  if (aboutBody.length > 0) rules.push(expectIdentity, ...aboutBody);
  return {
    needsBody: aboutBody.length > 0,
    check(answer, patterns) {
      for (const rule of rules) rule(answer, patterns);
    },
  };
}

type Expect = HttpOptions['expect'];

function statusRule(accepted: Expect['status']): Rule {
  const statuses = new Set<unknown>(accepted);
  return ({ status }) => {
    if (statuses.has(status) || statuses.has(`${Math.trunc(status / 100)}xx`)) return;
    throw new ProbeFailure('status-unexpected', `status ${status}, expected ${accepted.join(' or ')}`);
  };
}

function versionRule(version: '1.1' | '2'): Rule {
  return (answer) => {
    if (answer.version === version) return;
    throw new ProbeFailure('version-unexpected', `HTTP/${answer.version} was spoken, expected HTTP/${version}`);
  };
}

function headerRule([name, pattern]: readonly [string, string]): Rule {
  const key = name.toLowerCase();
  const compiled = new RegExp(pattern);
  return ({ headers }, patterns) => {
    const value = headers[key];
    if (value === undefined) throw new ProbeFailure('header-mismatch', `there is no header ${name}`);
    const text = typeof value === 'string' ? value : value.join(', ');
    if (patterns.match(compiled, text) !== null) return;
    throw new ProbeFailure('header-mismatch', `header ${name} is ${quote(text)}, expected ${compiled}`);
  };
}

function sizeRules({ min_size, max_size }: Expect): Rule[] {
  if (min_size === undefined && max_size === undefined) return [];
  return [
    ({ bytes, isCut }) => {
      if (bytes < (min_size ?? 0))
        throw new ProbeFailure('size-unexpected', `${bytes} bytes, expected at least ${min_size}`);
      if (max_size !== undefined && (bytes > max_size || isCut))
        throw new ProbeFailure(
          'size-unexpected',
          `${bytes} bytes${isCut ? ' or more' : ''}, expected at most ${max_size}`,
        );
    },
  ];
}

/** A body that came packed although it was asked for as it is cannot be read as text. */
function expectIdentity({ headers }: HttpAnswer): void {
  const encoding = headers['content-encoding'];
  if (encoding === undefined || encoding === 'identity') return;
  throw new ProbeFailure('body-mismatch', `the body came ${encoding}-encoded, so its text cannot be looked at`);
}

function textRules({ body, body_not, body_matches }: Expect): Rule[] {
  const rules: Rule[] = [];
  if (body !== undefined) {
    rules.push((answer) => {
      if (!answer.body.includes(body)) throw new ProbeFailure('body-mismatch', `the body lacks ${quote(body)}`);
    });
  }
  if (body_not !== undefined) {
    rules.push((answer) => {
      if (answer.body.includes(body_not)) throw new ProbeFailure('body-mismatch', `the body has ${quote(body_not)}`);
    });
  }
  if (body_matches !== undefined) {
    const compiled = new RegExp(body_matches);
    rules.push((answer, patterns) => {
      if (patterns.match(compiled, answer.body.toString()) !== null) return;
      throw new ProbeFailure('body-mismatch', `no match for ${compiled}`);
    });
  }
  return rules;
}

function jsonRule({ path, equals, matches }: Expect['json'][number]): Rule {
  const steps = parseJsonPath(path) ?? [];
  const compiled = matches === undefined ? null : new RegExp(matches);
  return (answer, patterns) => {
    const value = valueAt(parseBody(answer), steps);
    if (value === undefined) throw new ProbeFailure('json-mismatch', `there is nothing at ${path}`);
    if (compiled === null && isDeepStrictEqual(value, equals)) return;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (compiled !== null && patterns.match(compiled, text) !== null) return;
    const expected = compiled === null ? JSON.stringify(equals) : String(compiled);
    throw new ProbeFailure('json-mismatch', `${path} is ${quote(text)}, expected ${expected}`);
  };
}

function parseBody({ body, isCut }: HttpAnswer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new ProbeFailure('json-mismatch', isCut ? 'the body is longer than max_body' : 'the body is no JSON');
  }
}

function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}
