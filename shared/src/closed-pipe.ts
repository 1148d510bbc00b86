import { errorCode } from './errors.ts';

/** Something that is printed to. */
interface Output {
  on(event: 'error', listener: (error: unknown) => void): unknown;
}

/**
 * Ends the program quietly once nobody reads what it prints, as with `… | head`: whoever closed the pipe has what they
 * wanted. Other errors of an output are thrown. `end` has to leave at once: what is still to be printed has no reader.
 */
export function endOnClosedPipe(outputs: readonly Output[], end: () => void): void {
  for (const output of outputs) {
    output.on('error', (error: unknown) => {
      if (errorCode(error) !== 'EPIPE') throw error;
      end();
    });
  }
}
