import { createServer as createHttp, type IncomingMessage, type RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { createServer as createTls } from 'node:tls';
import type { Certificate } from './certificates.ts';
import { type Listening, listen } from './listening.ts';

export interface HttpTarget extends Listening {
  readonly url: string;
}

/** A well-behaved HTTP/1.1 server. */
export async function httpTarget(answer: RequestListener, address = '127.0.0.1'): Promise<HttpTarget> {
  const listening = await listen(createHttp(answer), address);
  const host = address.includes(':') ? `[${address}]` : address;
  return { ...listening, url: `http://${host}:${listening.port}` };
}

export async function httpsTarget(certificate: Certificate, answer: RequestListener): Promise<HttpTarget> {
  const listening = await listen(createHttps(certificate, answer));
  return { ...listening, url: `https://localhost:${listening.port}` };
}

/** A server that speaks HTTP/2 to those who ask by ALPN and HTTP/1.1 to the others. */
export async function http2Target(
  certificate: Certificate,
  answer: (request: { readonly httpVersion: string }, response: Http2Answer) => void,
): Promise<HttpTarget> {
  const server = createSecureServer({ ...certificate, allowHTTP1: true });
  server.on('request', answer);
  const listening = await listen(server);
  return { ...listening, url: `https://localhost:${listening.port}` };
}

/** What the tests do with a response of either version. */
export interface Http2Answer {
  writeHead(status: number, headers?: Record<string, string>): unknown;
  end(body?: string): unknown;
  readonly stream?: { close(code: number): void };
}

/** A server that says what it is told once the request's head has arrived, right or wrong. */
export async function rawTarget(speak: (socket: Socket, head: string) => void): Promise<HttpTarget> {
  const listening = await listen(
    createServer((socket) => {
      let head = '';
      socket.on('data', (chunk) => {
        const isWhole = head.includes('\r\n\r\n');
        head += chunk.toString('latin1');
        if (!isWhole && head.includes('\r\n\r\n')) speak(socket, head);
      });
    }),
  );
  return { ...listening, url: `http://127.0.0.1:${listening.port}` };
}

/** A TLS server of one protocol version, which greets and closes. */
export async function tlsTarget(
  certificate: Certificate,
  protocol: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3',
): Promise<Listening> {
  return await listen(
    createTls({ ...certificate, minVersion: protocol, maxVersion: protocol }, (socket) => {
      socket.on('error', () => {});
      socket.end('hello\r\n');
    }),
  );
}

/** The body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
