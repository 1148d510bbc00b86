import * as z from 'zod';
import {
  anomaly,
  durationTarget,
  eventCount,
  eventRatio,
  eventStatistic,
  freshness,
  scheduledWindows,
} from './event-indicators.ts';
import {
  phoneAbandonment,
  phoneAnswerSpeed,
  phoneLongestWait,
  phoneServiceLevel,
  phoneTalkTime,
} from './phone-indicators.ts';
import { availability, gauge, latency } from './run-indicators.ts';

/** THE table of indicators by kind: the parsed value is what the mathematics reads, see `MeasuredBy`. */
export const indicatorSchema = z.discriminatedUnion('kind', [
  availability,
  latency,
  gauge,
  eventRatio,
  eventStatistic,
  eventCount,
  durationTarget,
  freshness,
  scheduledWindows,
  anomaly,
  phoneServiceLevel,
  phoneAbandonment,
  phoneAnswerSpeed,
  phoneLongestWait,
  phoneTalkTime,
]);
