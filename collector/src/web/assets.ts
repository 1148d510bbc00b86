import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One file that the page loads. */
export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

/** All of them, under a folder whose name is the digest of their contents: what is in it never changes. */
export interface Assets {
  readonly path: string;
  readonly digest: string;
  readonly files: ReadonlyMap<string, Asset>;
}

const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

/** Name in the address → where it comes from. */
const SOURCES = [
  { name: 'nines.js', type: SCRIPT, from: './assets/nines.js' },
  { name: 'morph.js', type: SCRIPT, from: './assets/morph.js' },
  { name: 'charts.js', type: SCRIPT, from: './assets/charts.js' },
  { name: 'page.css', type: STYLE, from: './assets/page.css' },
  { name: 'figures.css', type: STYLE, from: './assets/figures.css' },
  { name: 'documents.css', type: STYLE, from: './assets/documents.css' },
  { name: 'subjects.css', type: STYLE, from: './assets/subjects.css' },
  { name: 'icon.svg', type: 'image/svg+xml', from: './assets/icon.svg' },
  { name: 'uplot.js', type: SCRIPT, from: 'uplot/dist/uPlot.iife.min.js' },
  { name: 'uplot.css', type: STYLE, from: 'uplot/dist/uPlot.min.css' },
] as const;

let loaded: Assets | null = null;

/** Every asset, read at the first call and kept. A missing one is a broken installation: it throws. */
export function loadAssets(): Assets {
  loaded ??= readAssets();
  return loaded;
}

function readAssets(): Assets {
  const files = new Map<string, Asset>();
  const all = createHash('sha256');
  for (const { name, type, from } of SOURCES) {
    const body = readFileSync(fileURLToPath(import.meta.resolve(from)));
    const digest = createHash('sha256').update(body).digest('hex');
    all.update(`${name} ${digest}\n`);
    files.set(name, { type, body, etag: `"${digest.slice(0, 32)}"` });
  }
  const digest = all.digest('hex').slice(0, 16);
  return { path: `/assets/${digest}`, digest, files };
}
