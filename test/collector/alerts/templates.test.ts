import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { MOST_ALERTS, type Notice } from '../../../collector/src/alerts/notices/notice.ts';
import { noticeView } from '../../../collector/src/alerts/notices/view.ts';
import {
  readShippedTemplate,
  SHIPPED_TEMPLATE_NAMES,
  type ShippedTemplateName,
} from '../../../collector/src/alerts/shipped-templates.ts';
import { compileTemplate } from '../../../collector/src/alerts/template.ts';
import { aNotice } from '../../support/alert-contract.ts';

const VARIABLES = { routing_key: 'k'.repeat(32), topic: 'ops' };

function rendered(name: ShippedTemplateName, notice: Notice, publicUrl: string | null = 'https://sla.example.net') {
  const template = compileTemplate(readShippedTemplate(name), VARIABLES);
  return JSON.parse(template.render({ ...noticeView(notice, publicUrl), variables: VARIABLES }));
}

/** Text that breaks whatever is not escaped. */
const EVIL = '"shop" <b>\\ & \n\t\u2028 {{ title }} '.repeat(60);

const [only] = aNotice('n1').alerts;
const alert = { ...only, annotations: { summary: EVIL, cause: EVIL } } as Notice['alerts'][number];
const NOTICES: readonly (readonly [string, Notice])[] = [
  ['one alert', aNotice('n1')],
  ['text that has to be escaped and cut', aNotice('n1', { alerts: [alert] })],
  [
    'a storm that is over',
    aNotice('n1', {
      status: 'resolved',
      firing: 0,
      alerts: Array.from({ length: MOST_ALERTS }, () => ({ ...alert, status: 'resolved' as const, endsAtMs: 90_000 })),
      leftOff: 9_900,
    }),
  ],
];

/** What each documentation says of its payload, as far as we use it: required fields, kinds, lengths. */
const text = (limit: number) => z.string().min(1).max(limit);

/** https://docs.slack.dev/reference/block-kit/blocks: at most 50 blocks; header 150, section 3,000 characters. */
const slackText = z.strictObject({ type: z.literal('mrkdwn'), text: text(3_000) });
const slack = z.strictObject({
  text: text(40_000),
  blocks: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({
          type: z.literal('header'),
          text: z.strictObject({ type: z.literal('plain_text'), text: text(150) }),
        }),
        z.strictObject({ type: z.literal('section'), text: slackText }),
        z.strictObject({ type: z.literal('context'), elements: z.array(slackText).max(10) }),
        z.strictObject({
          type: z.literal('actions'),
          elements: z
            .array(
              z.strictObject({
                type: z.literal('button'),
                text: z.strictObject({ type: z.literal('plain_text'), text: text(75) }),
                url: z.url().max(3_000),
              }),
            )
            .max(25),
        }),
      ]),
    )
    .max(50),
});

/** https://adaptivecards.io/schemas/adaptive-card.json, inside of the envelope that workflows of Teams take; 28 KB in all. */
const teams = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: z.null(),
      content: z.strictObject({
        $schema: z.literal('http://adaptivecards.io/schemas/adaptive-card.json'),
        type: z.literal('AdaptiveCard'),
        version: z.literal('1.4'),
        body: z.array(
          z.discriminatedUnion('type', [
            z.strictObject({
              type: z.literal('TextBlock'),
              text: z.string(),
              size: z.enum(['Small', 'Default', 'Medium', 'Large', 'ExtraLarge']).optional(),
              weight: z.enum(['Lighter', 'Default', 'Bolder']).optional(),
              color: z.enum(['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention']).optional(),
              wrap: z.boolean().optional(),
              isSubtle: z.boolean().optional(),
            }),
            z.strictObject({
              type: z.literal('FactSet'),
              facts: z.array(z.strictObject({ title: z.string(), value: z.string() })),
            }),
          ]),
        ),
        actions: z
          .array(z.strictObject({ type: z.literal('Action.OpenUrl'), title: z.string(), url: z.url() }))
          .optional(),
      }),
    }),
  ]),
});

/** https://developer.pagerduty.com/docs/send-alert-event */
const pagerduty = z.strictObject({
  routing_key: z.string().length(32),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: text(255),
  client: z.string().optional(),
  client_url: z.url().optional(),
  payload: z.strictObject({
    summary: text(1_024),
    source: text(1_024),
    severity: z.enum(['critical', 'warning', 'error', 'info']),
    timestamp: z.iso.datetime({ offset: true }),
    custom_details: z.record(z.string(), z.unknown()),
  }),
});

/** https://docs.ntfy.sh/publish/#publish-as-json; a message of more than 4,096 bytes becomes an attachment. */
const ntfy = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  title: z.string(),
  message: text(4_096),
  priority: z.int().min(1).max(5),
  click: z.url().optional(),
  tags: z.array(z.string()),
});

const DOCUMENTED: Readonly<Record<ShippedTemplateName, z.ZodType>> = { slack, teams, pagerduty, ntfy };

describe.each(SHIPPED_TEMPLATE_NAMES)('the template %s', (name) => {
  it.each(NOTICES)('gives what its documentation asks for: %s', (_, notice) => {
    for (const url of ['https://sla.example.net', null]) {
      const read = DOCUMENTED[name].safeParse(rendered(name, notice, url));
      expect(read.error?.issues ?? []).toEqual([]);
    }
  });

  it('stays below the size that its receiver takes, whatever there is to tell', () => {
    for (const [, notice] of NOTICES) expect(JSON.stringify(rendered(name, notice)).length).toBeLessThan(SIZES[name]);
  });
});

/** 28 KB for a message of Teams, 512 KB for an event of PagerDuty; Slack cuts what is too long, ntfy makes a file of it. */
const SIZES: Readonly<Record<ShippedTemplateName, number>> = {
  slack: 60_000,
  teams: 28_000,
  pagerduty: 512_000,
  ntfy: 5_000,
};

describe('templates', () => {
  it('every file is in the table', () => {
    const files = readdirSync(join(import.meta.dirname, '../../../collector/src/alerts/templates'));
    expect(files.toSorted()).toEqual(SHIPPED_TEMPLATE_NAMES.map((name) => `${name}.liquid`).toSorted());
  });

  it('PagerDuty opens and closes one incident for a group', () => {
    const opened = rendered('pagerduty', aNotice('n1'));
    const closed = rendered('pagerduty', aNotice('n2', { status: 'resolved', firing: 0 }));
    expect([opened.event_action, opened.payload.severity]).toEqual(['trigger', 'critical']);
    expect(closed.event_action).toBe('resolve');
    expect(closed.dedup_key).toBe(opened.dedup_key);
  });

  it('Slack reads no markup of a target as its own', () => {
    const hostile = { ...alert, annotations: { summary: '<!channel> & <http://evil|shop>', cause: 'x' } };
    const { blocks } = rendered('slack', aNotice('n1', { alerts: [hostile] }));
    expect(blocks[1].text.text).toContain('&lt;!channel&gt; &amp; &lt;http://evil|shop&gt;');
  });
});
