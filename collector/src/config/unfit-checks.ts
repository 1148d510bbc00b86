import { streamsOf, valuesOf } from '@nines/shared/probes/index.ts';
import { checksOf, type Indicator } from '../sla/indicator.ts';
import { missing } from './missing.ts';
import type { NinesFile } from './nines.ts';
import type { Path, Report } from './references.ts';

type Check = NinesFile['checks'][number];

/** Checks that an indicator names and that are not there, or do not measure or bring what it reads. */
export function reportUnfitChecks(
  indicator: Indicator,
  checks: ReadonlyMap<string, Check>,
  { place, report }: { readonly place: Path; readonly report: Report },
): void {
  for (const [which, id] of checksOf(indicator).entries()) {
    const check = checks.get(id);
    const at = [...place, 'checks', which];
    if (check === undefined) report(at, missing('check', id, checks.keys()));
    else if ('source' in indicator) reportSource(indicator.source.stream, check, { at, report });
    else if ('value' in indicator) reportValue(indicator, check, { at: [...place, 'value'], report });
  }
}

interface Placed {
  readonly at: Path;
  readonly report: Report;
}

/** A check that does not bring the stream would vouch for events that it never sees. */
function reportSource(stream: string, { id, probe }: Check, { at, report }: Placed): void {
  const streams = streamsOf(probe.type);
  if (streams.includes(stream)) return;
  const brings = streams.length === 0 ? 'no events' : `events of the stream ${streams.join(', ')}`;
  const remedy = `leave it out when something else sends "${stream}"`;
  report(at, `${id} is of the type ${probe.type}, which brings ${brings}; ${remedy}`);
}

function reportValue(
  { kind, value }: Extract<Indicator, { readonly value: string; readonly checks: readonly string[] }>,
  { probe }: Check,
  { at, report }: Placed,
): void {
  const values = valuesOf(probe.type);
  if (kind === 'latency' && values[value]?.unit !== 'microseconds') {
    report(at, `${probe.type} does not measure a duration "${value}"`);
  } else if (values[value] === undefined) {
    report(at, missing(`value of ${probe.type}`, value, Object.keys(values)));
  }
}
