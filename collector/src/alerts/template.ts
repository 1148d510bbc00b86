import { errorMessage } from '@nines/shared/errors.ts';
import { Liquid } from 'liquidjs';
import type { Notice } from './notices/notice.ts';
import { type NoticeView, noticeView } from './notices/view.ts';

/** What is posted to a receiver, made from a notice. */
export interface Template {
  render(view: TemplateView): string;
}

export type TemplateView = NoticeView & { readonly variables: Readonly<Record<string, string>> };

/** It neither reads files nor runs code; names that it does not know are mistakes. */
const engine = new Liquid({ strictFilters: true, strictVariables: true, ownPropertyOnly: true });
/** Slack reads `&`, `<` and `>` as its own markup, and nothing else. */
engine.registerFilter('slack', (text: unknown) =>
  String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
);

/**
 * Compiles a template (Liquid) whose output is JSON. Throws an `Error` that says where when it does not compile, names
 * something that no notice has, or gives no JSON for a notice of one alert or of several.
 */
export function compileTemplate(text: string, variables: Readonly<Record<string, string>>): Template {
  const parsed = engine.parse(text);
  const render = (view: TemplateView): string => String(engine.renderSync(parsed, view));
  for (const sample of SAMPLES) {
    const made = render({ ...noticeView(sample, 'https://sla.example.net'), variables });
    try {
      JSON.parse(made);
    } catch (error) {
      throw new Error(`what it makes is no JSON (${errorMessage(error)}); does a value lack "| json"?`);
    }
  }
  return { render };
}

const SAMPLE: Notice = {
  id: '0'.repeat(32),
  receiver: 'sample',
  atMs: 0,
  why: 'change',
  group: { alertname: 'NinesCheckDown' },
  status: 'firing',
  firing: 1,
  alerts: [
    {
      id: '0'.repeat(32),
      status: 'firing',
      labels: { alertname: 'NinesCheckDown', severity: 'page', check: 'shop' },
      annotations: { summary: 'shop is "down"\n', cause: 'down (timeout) \\ <fra>' },
      url: null,
      startsAtMs: 0,
      endsAtMs: null,
    },
  ],
  leftOff: 0,
};

/** Lists with one and with two entries: a comma too many shows. */
const SAMPLES: readonly Notice[] = [
  SAMPLE,
  {
    ...SAMPLE,
    why: 'reminder',
    status: 'resolved',
    firing: 0,
    alerts: SAMPLE.alerts.flatMap((one) => [one, { ...one, status: 'resolved', url: 'https://a', endsAtMs: 0 }]),
    leftOff: 7,
  },
];
