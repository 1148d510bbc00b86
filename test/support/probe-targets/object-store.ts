import aws4 from 'aws4';
import S3rver from 's3rver';

/** A real S3 server on a loopback port. */
export interface ObjectStore {
  readonly url: string;
  readonly accessKey: string;
  readonly secretKey: string;
  put(key: string, content: string): Promise<void>;
  close(): Promise<void>;
}

/** The one account that s3rver has. */
const KEY = 'S3RVER';

/** Serves one bucket whose objects are files of the folder. */
export async function serveObjects(directory: string, bucket: string): Promise<ObjectStore> {
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    directory,
    silent: true,
    configureBuckets: [{ name: bucket }],
  });
  const { port } = await server.run();
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    accessKey: KEY,
    secretKey: KEY,
    async put(key, content) {
      const path = `/${bucket}/${encodeURI(key).replace('+', '%2B').replace('&', '%26')}`;
      const request = { host: `127.0.0.1:${port}`, path, method: 'PUT', service: 's3', body: content };
      const { headers = {} } = aws4.sign(request, { accessKeyId: KEY, secretAccessKey: KEY });
      const plain = Object.entries(headers).map(([name, value]) => [name, String(value)]);
      const answer = await fetch(url + path, { method: 'PUT', headers: Object.fromEntries(plain), body: content });
      if (!answer.ok) throw new Error(`the object store refused ${key}: ${await answer.text()}`);
    },
    close: () => server.close(),
  };
}
