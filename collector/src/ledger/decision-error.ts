/**
 * Why a decision is not taken: `invalid` can never be, `not-found` names what is not there, `forbidden` is not this
 * person's to decide, `conflict` does not fit what was decided before.
 */
export class DecisionError extends Error {
  readonly code: 'invalid' | 'not-found' | 'forbidden' | 'conflict';

  constructor(code: DecisionError['code'], message: string) {
    super(message);
    this.name = 'DecisionError';
    this.code = code;
  }
}
