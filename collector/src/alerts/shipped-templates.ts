import { readFileSync } from 'node:fs';

/** What a shipped template is made for, and the variables that it cannot do without. */
export interface ShippedTemplate {
  readonly wants: readonly string[];
}

/** THE table of templates that come with the program, each a file in `templates/`. */
export const SHIPPED_TEMPLATES = {
  slack: { wants: [] },
  teams: { wants: [] },
  pagerduty: { wants: ['routing_key'] },
  ntfy: { wants: ['topic'] },
} as const satisfies Readonly<Record<string, ShippedTemplate>>;

export type ShippedTemplateName = keyof typeof SHIPPED_TEMPLATES;

// Safe: the keys of the table are its names.
export const SHIPPED_TEMPLATE_NAMES = Object.keys(SHIPPED_TEMPLATES) as ShippedTemplateName[];

/** The text of one of them. */
export function readShippedTemplate(name: ShippedTemplateName): string {
  return readFileSync(new URL(`templates/${name}.liquid`, import.meta.url), 'utf8');
}
