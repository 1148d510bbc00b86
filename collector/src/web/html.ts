/** Markup that is safe to send as it is. Only `html` makes it, so a plain string can never pass for markup. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What may stand in `${…}`: text is escaped, markup is kept, `null` and `false` leave nothing, lists are joined. */
export type HtmlPart = Html | string | number | null | false | readonly HtmlPart[];

/** Template tag: every value is escaped for text and for a quoted attribute. Attributes must be quoted. */
export function html(literals: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let markup = literals[0] ?? '';
  for (const [index, part] of parts.entries()) markup += render(part) + (literals[index + 1] ?? '');
  return new Html(markup);
}

function render(part: HtmlPart): string {
  if (part === null || part === false) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'string') return escapeText(part);
  if (typeof part === 'number') return String(part);
  return part.map(render).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}
