import { ceil, decimalText, divide, floor, multiply, type Rational, rational, sum } from '../rational.ts';
import { countDowntime, describeDowntime } from './downtime.ts';
import { lengthText, priceOf, priceStep, rateText, timeText } from './pricing.ts';
import type { ScheduleKind } from './schedule-kind.ts';
import type { Rounding, ScheduleOf } from './terms.ts';

/** So much for each block of downtime: `each 30 minutes` counts complete blocks, `or part thereof` begun ones too. */
export const perBlock: ScheduleKind<ScheduleOf<'per_block'>> = {
  needs: 'downtime',
  owe({ blockMs, credit, rounding, downtime }, reading, context) {
    const counted = countDowntime(downtime, reading, context);
    const blocks = sum(counted.lengths.map((length) => blocksIn(length, { blockMs, rounding })));
    return {
      minor: multiply(priceOf(credit, context.base), blocks),
      steps: [
        ...counted.steps,
        {
          rule: `${BLOCKS[rounding]} of ${timeText(blockMs)}`,
          figure: counted.lengths
            .map(
              (length) => `${timeText(length)} / ${timeText(blockMs)} → ${blocksIn(length, { blockMs, rounding }).n}`,
            )
            .concat(`together ${decimalText(blocks, 0)}`)
            .join(', '),
        },
        priceStep('credit of the blocks', { rate: credit, count: blocks, base: context.base }),
      ],
    };
  },
  describe({ blockMs, credit, rounding, downtime }, currency) {
    const each = rounding === 'floor' ? 'each' : 'each (or part of)';
    return `${rateText(credit, currency)} for ${each} ${lengthText(blockMs)} ${describeDowntime(downtime)}`;
  },
};

const BLOCKS = { floor: 'complete blocks', ceil: 'blocks, begun ones too,' } as const satisfies Record<
  Rounding,
  string
>;

function blocksIn(lengthMs: Rational, { blockMs, rounding }: { blockMs: number; rounding: Rounding }): Rational {
  const blocks = divide(lengthMs, rational(blockMs));
  return rational(rounding === 'floor' ? floor(blocks) : ceil(blocks));
}
