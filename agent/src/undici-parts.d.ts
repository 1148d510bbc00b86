// The parts of undici that are imported by their own files: the package's index loads fetch, WebSocket, caches and
// mocks as well, which costs an agent 15 MB of memory that it never uses.

declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';
  // biome-ignore lint/style/noDefaultExport: the file that is described here has one.
  export default Client;
}

declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  // biome-ignore lint/style/noDefaultExport: the file that is described here has one.
  export default Pool;
}
