/** Monday first, as ISO 8601 counts them. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const DAY = WEEKDAYS.join('|');
const DAYS = new RegExp(`^(${DAY})(?:-(${DAY}))?$`);

/** `mon` → [1], `mon-fri` → [1 … 5], `sat-mon` → [6, 7, 1]; `null` for anything else. */
export function parseWeekdays(text: string): readonly number[] | null {
  const match = DAYS.exec(text);
  if (match === null) return null;
  const first = numberOf(match[1]);
  const last = match[2] === undefined ? first : numberOf(match[2]);
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => ((first - 1 + index) % 7) + 1);
}

function numberOf(name = ''): number {
  const names: readonly string[] = WEEKDAYS;
  return names.indexOf(name) + 1;
}
