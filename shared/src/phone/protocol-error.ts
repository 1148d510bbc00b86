/** A server that speaks something else than what it is taken for, or a request that would be something else to it. */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProtocolError';
  }
}
