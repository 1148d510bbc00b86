import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from '../../../collector/src/web/html.ts';

describe('html', () => {
  it('escapes text, in elements and in quoted attributes', () => {
    expect(html`<p title="${'" onclick="x'}">${"<b>'&"}</p>`.toString()).toBe(
      '<p title="&quot; onclick=&quot;x">&lt;b&gt;&#39;&amp;</p>',
    );
  });

  it('keeps markup made by itself, joins lists, and leaves out null and false', () => {
    expect(html`<ul>${['a&', html`<li>b</li>`, null, false, 3]}</ul>`.toString()).toBe('<ul>a&amp;<li>b</li>3</ul>');
  });

  it('lets no text out of its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(html`${text}`.toString()).not.toMatch(/[<>"']/);
      }),
    );
  });

  it('does not take an object for markup because it can write itself', () => {
    const imposter: unknown = { toString: () => '<script>' };
    // @ts-expect-error a foreign object is refused by the type, and at run time has no way past it
    expect(() => html`${imposter}`.toString()).toThrow();
  });
});
