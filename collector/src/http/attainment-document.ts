import { hash } from 'node:crypto';
import type { Attainment, Incident, Share, StatisticFigure } from '../sla/attainment.ts';
import type { Objective } from '../sla/objective.ts';
import { percentText, targetText } from '../sla/percent-text.ts';
import type { Profile } from '../sla/profile.ts';
import { caveatSentence } from '../wording/caveats.ts';
import { type ExclusionsDocument, exclusionsDocument } from './exclusions-document.ts';
import { type PeriodDocument, periodDocument } from './period-document.ts';

/** An attainment as the API gives it: shares as decimal text of a percentage, truncated, never through a float. */
export interface AttainmentDocument {
  readonly customer: string;
  readonly contract: string;
  readonly contract_version: number;
  readonly service: string | null;
  readonly objective: string;
  readonly target: string;
  readonly period: PeriodDocument & { readonly ends_ms: number; readonly running: boolean };
  readonly verdict: Attainment['verdict'];
  readonly attainment: string | null;
  readonly low: string | null;
  readonly high: string | null;
  readonly coverage: string | null;
  readonly unit: Attainment['unit'];
  /** Amounts are integers in 1/`scale` of the unit. */
  readonly scale: number;
  readonly good: number;
  readonly bad: number;
  readonly unknown: number;
  /** Not counted, in the unit; what and why is in `exclusions`. */
  readonly excluded: number;
  readonly pending: number;
  /** Exact, as integers in text; `null` when nothing was measured. */
  readonly shares: Readonly<
    Record<keyof Attainment['shares'], { readonly good: string; readonly total: string } | null>
  >;
  readonly service_ms: number;
  readonly error_budget: Attainment['budget'];
  readonly exclusions: ExclusionsDocument;
  readonly incidents: readonly {
    readonly from_ms: number;
    readonly to_ms: number | null;
    readonly counted_ms: number;
    readonly checks: readonly string[];
    readonly locations: readonly string[];
    readonly reasons: readonly string[];
  }[];
  /** Outages that were seen and do not count, and why. */
  readonly uncounted: readonly { readonly from_ms: number; readonly to_ms: number; readonly why: string }[];
  readonly mttr_ms: number | null;
  readonly mtbf_ms: number | null;
  readonly statistic: StatisticDocument | null;
  /** What to know before the figure is believed, each also as a sentence. */
  readonly caveats: readonly { readonly code: string; readonly events: number; readonly text: string }[];
  /** The rules that made the figure. */
  readonly profile: unknown;
  /** SHA-256 of what was counted and why: equal digests are equal figures from equal evidence. */
  readonly digest: string;
}

interface StatisticDocument {
  readonly good: string | null;
  readonly total: string | null;
  readonly at_most: number;
  readonly events: number;
}

/** An objective and how it stood in a period. */
interface Judged {
  readonly objective: Objective;
  readonly attainment: Attainment;
}

/** THE table of what an answer has, in its order: each made by itself, so that what nobody asked for costs nothing. */
const FIELDS: { readonly [Name in keyof AttainmentDocument]: (judged: Judged) => AttainmentDocument[Name] } = {
  customer: ({ objective }) => objective.customer,
  contract: ({ objective }) => objective.contract,
  contract_version: ({ objective }) => objective.contractVersion,
  service: ({ objective }) => objective.service,
  objective: ({ objective }) => objective.id,
  target: ({ objective }) => targetText(objective.targetPpb),
  period: ({ objective, attainment }) => judgedPeriodDocument(attainment, objective.timeZone),
  verdict: ({ attainment }) => attainment.verdict,
  attainment: ({ attainment }) => shareText(attainment.attainmentPpb),
  low: ({ attainment }) => shareText(attainment.lowPpb),
  high: ({ attainment }) => shareText(attainment.highPpb),
  coverage: ({ attainment }) => shareText(attainment.coveragePpb),
  unit: ({ attainment }) => attainment.unit,
  scale: ({ attainment }) => attainment.scale,
  good: ({ attainment }) => attainment.good,
  bad: ({ attainment }) => attainment.bad,
  unknown: ({ attainment }) => attainment.unknown,
  excluded: ({ attainment }) => attainment.excluded,
  pending: ({ attainment }) => attainment.pending,
  shares: ({ attainment: { shares } }) => ({
    attained: exactText(shares.attained),
    low: exactText(shares.low),
    high: exactText(shares.high),
  }),
  service_ms: ({ attainment }) => attainment.serviceMs,
  error_budget: ({ attainment }) => attainment.budget,
  exclusions: ({ attainment }) => exclusionsDocument(attainment.exclusions),
  incidents: ({ attainment }) => attainment.incidents.map(incidentDocument),
  uncounted: ({ attainment }) =>
    attainment.uncounted.map(({ fromMs: from_ms, toMs: to_ms, why }) => ({ from_ms, to_ms, why })),
  mttr_ms: ({ attainment }) => attainment.reliability.mttrMs,
  mtbf_ms: ({ attainment }) => attainment.reliability.mtbfMs,
  statistic: ({ attainment }) => statisticDocument(attainment.statistic),
  caveats: ({ attainment }) =>
    (attainment.caveats ?? []).map((one) => ({ code: one.code, events: one.events, text: caveatSentence(one) })),
  profile: ({ attainment }) => profileDocument(attainment.profile),
  digest: ({ objective, attainment }) => digestOf(objective, attainment),
};

/** The name of a part of the answer. */
export type AttainmentField = keyof AttainmentDocument;

/** Every part of the answer, in its order. */
export const ATTAINMENT_FIELDS = fieldNames();

/** Safe: the table has exactly these keys. */
function fieldNames(): readonly AttainmentField[] {
  return Object.keys(FIELDS) as AttainmentField[];
}

export function attainmentDocument(objective: Objective, attainment: Attainment): AttainmentDocument {
  return whole(attainmentParts(objective, attainment, ATTAINMENT_FIELDS));
}

/** Safe: it has every field of the table, which are those of the type. */
function whole(parts: Partial<AttainmentDocument>): AttainmentDocument {
  return parts as AttainmentDocument;
}

/** The parts of the answer that are named, in that order; the others are not made. */
export function attainmentParts(
  objective: Objective,
  attainment: Attainment,
  names: readonly AttainmentField[],
): Partial<AttainmentDocument> {
  const parts = {};
  for (const name of names) addPart(parts, name, { objective, attainment });
  return parts;
}

function addPart<Name extends AttainmentField>(
  parts: { -readonly [Each in AttainmentField]?: AttainmentDocument[Each] },
  name: Name,
  judged: Judged,
): void {
  parts[name] = FIELDS[name](judged);
}

function judgedPeriodDocument(
  { fromMs, toMs, periodToMs, periodName }: Attainment,
  timeZone: string,
): AttainmentDocument['period'] {
  return {
    ...periodDocument({ name: periodName, fromMs, toMs }, timeZone),
    ends_ms: periodToMs,
    running: toMs < periodToMs,
  };
}

function shareText(ppb: number | null): string | null {
  return ppb === null ? null : percentText(ppb);
}

function incidentDocument(incident: Incident): AttainmentDocument['incidents'][number] {
  const { fromMs, toMs, countedMs, checks, locations, reasons } = incident;
  return { from_ms: fromMs, to_ms: toMs, counted_ms: countedMs, checks, locations, reasons };
}

function statisticDocument(figure: StatisticFigure | null): StatisticDocument | null {
  if (figure === null) return null;
  return { ...(exactText(figure.value) ?? { good: null, total: null }), at_most: figure.atMost, events: figure.events };
}

function exactText(share: Share | null): { readonly good: string; readonly total: string } | null {
  return share === null ? null : { good: String(share.good), total: String(share.total) };
}

/** Profiles come from the configuration and are the same in every answer. */
const profileDocuments = new WeakMap<Profile, unknown>();

function profileDocument(profile: Profile): unknown {
  const known = profileDocuments.get(profile);
  if (known !== undefined) return known;
  const document = snakeCase(profile);
  profileDocuments.set(profile, document);
  return document;
}

/** The names of a value's fields as the API writes names, all the way down. */
function snakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      snakeCase(field),
    ]),
  );
}

/**
 * What was counted, by which rules, and all bad, open and excluded time that it was counted from; not how to redo it, which
 * follows from these.
 */
function digestOf(
  { indicator, targetPpb }: Objective,
  { shares, whole: _whole, workings: _workings, ...attainment }: Attainment,
): string {
  const { statistic } = attainment;
  const exact = Object.values(shares).map(exactText);
  // JSON has no BigInt: the exact fractions go in as text, each in its place.
  const counted = statistic === null ? attainment : { ...attainment, statistic: statisticText(statistic) };
  return hash('sha256', JSON.stringify([indicator, targetPpb, counted, exact]));
}

function statisticText({ value, atMost, events }: StatisticFigure) {
  return { value: exactText(value), atMost, events };
}
