import { MethodNotAllowed } from './errors.ts';
import type { Server } from './server.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/**
 * Answers 405 with `Allow` for every method that an address of these routes does not take; fastify by itself would say
 * that there is no such address. `register` adds the routes, also in scopes of their own.
 */
export function refuseOtherMethods(server: Server, register: () => void): void {
  const taken = new Map<string, Set<string>>();
  let isOver = false;
  server.addHook('onRoute', ({ url, method }) => {
    if (isOver) return;
    const methods = taken.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    taken.set(url, methods);
  });
  register();
  // Scopes are made in their order when the server starts: this one knows the routes of all before it.
  server.register(async (scope) => {
    isOver = true;
    for (const [url, methods] of taken) refuse(scope, url, methods);
  });
}

function refuse(scope: Pick<Server, 'route'>, url: string, taken: ReadonlySet<string>): void {
  const others = METHODS.filter((method) => !taken.has(method));
  if (others.length === 0) return;
  const allow = METHODS.filter((method) => taken.has(method)).join(', ');
  const answer = async ({ method }: { readonly method: string }) => {
    throw new MethodNotAllowed(method, allow);
  };
  // Before the body is read: what nobody takes need not be understood.
  scope.route({ url, method: others, onRequest: answer, handler: answer });
}
