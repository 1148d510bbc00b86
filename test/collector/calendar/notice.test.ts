import { expect, it } from 'vitest';
import { latestNoticeMs } from '../../../collector/src/calendar/notice.ts';
import { office } from './hours.ts';

const at = (text: string) => Date.parse(text);

it('notice in hours is elapsed time, whatever clocks do', () => {
  const begin = at('2026-03-29T10:00+02:00');
  expect(latestNoticeMs({ kind: 'elapsed', ms: 48 * 3_600_000 }, begin)).toBe(at('2026-03-27T09:00+01:00'));
});

it('notice in working days leaves that many whole ones between the announcement and the beginning', () => {
  // Before Wednesday 2026-03-11: Tuesday, Monday, Friday, Thursday and Wednesday the 4th are five, so Tuesday the 3rd is the last day.
  const notice = { kind: 'working_days', days: 5, hours: office() } as const;
  expect(latestNoticeMs(notice, at('2026-03-11T02:00+01:00'))).toBe(at('2026-03-04T00:00+01:00') - 1);
});

it('a holiday is no working day', () => {
  const hours = office('Europe/Berlin', { holidays: [{ kind: 'dates', from: '2026-03-09', to: '2026-03-09' }] });
  expect(latestNoticeMs({ kind: 'working_days', days: 2, hours }, at('2026-03-11T02:00+01:00'))).toBe(
    at('2026-03-06T00:00+01:00') - 1,
  );
});

it('in a calendar that never opens there is no instant early enough', () => {
  const hours = office('UTC', { week: [[], [], [], [], [], [], []] });
  expect(latestNoticeMs({ kind: 'working_days', days: 1, hours }, at('2026-03-11T02:00Z'))).toBeNull();
});
