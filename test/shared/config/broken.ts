import { parseConfig } from '@nines/shared/config/parse.ts';
import { ConfigError } from '@nines/shared/errors.ts';
import type * as z from 'zod';

/** The lines that an operator gets to read for this text, exactly; fails when the text is accepted. */
export function mistakesIn(text: string, schema: z.ZodType): readonly string[] {
  try {
    parseConfig(text, schema, 'nines.yaml');
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  throw new Error('the text was accepted');
}
