import { ZERO } from '../rational.ts';
import { describeRepetition, isRepeated, repetitionStep } from './repetition.ts';
import type { ScheduleKind } from './schedule-kind.ts';
import type { ScheduleOf } from './terms.ts';

/** Not money but a right, such as to terminate, once a promise was broken in so many periods. */
export const nonMonetary: ScheduleKind<ScheduleOf<'non_monetary'>> = {
  needs: 'share',
  owe({ remedy, after }, reading, { earlier }) {
    const steps = [repetitionStep(after, reading, earlier)];
    if (!isRepeated(after, reading, earlier)) return { minor: ZERO, steps };
    return { minor: ZERO, steps: [...steps, { rule: 'right of the customer', figure: remedy }], right: remedy };
  },
  describe: ({ remedy, after }) => `${remedy} ${describeRepetition(after)}`,
};
