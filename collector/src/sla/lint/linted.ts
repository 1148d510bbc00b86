import type { MoneyTerms } from '../credit/terms.ts';

/** A check as a rule needs to know it. */
export interface LintedCheck {
  readonly id: string;
  readonly everyMs: number;
  /** Agents that run it. */
  readonly agents: number;
}

/** One promise as a rule needs to know it. */
export interface LintedObjective {
  readonly id: string;
  readonly targetPpb: number;
  /** Shortest and longest period that the calendar can give: a month has 28 to 31 days. */
  readonly period: { readonly shortestMs: number; readonly longestMs: number };
  /** A rolling period has no end. */
  readonly isRolling: boolean;
  /** What is counted are lengths of time. */
  readonly countsTime: boolean;
  readonly checks: readonly LintedCheck[];
  /** How many agents have to see it, and how many have to have looked; `null` when any number will do. */
  readonly quorum: number | null;
  readonly minReporting: number | null;
}

/** One version of a contract, as far as it can contradict itself. */
export interface LintedContract {
  readonly objectives: readonly LintedObjective[];
  readonly money: MoneyTerms | null;
  /** How long it binds; `null` without an end. */
  readonly bindsMs: number | null;
  /** How long ahead maintenance is announced, and how often each standing window comes. */
  readonly maintenance: { readonly noticeMs: number | null; readonly windowsEveryMs: readonly number[] };
  /** How long after a period's end the customer may claim; `null` whenever they like. */
  readonly claimMs: number | null;
  /** Burn rates at which somebody is alerted. */
  readonly burnAlerts: readonly number[];
}

/** A contradiction, where it stands below the contract, and what it would come to in money or minutes. */
export interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly example: string;
}

/** One rule of the linter: every contradiction of its kind in one version of a contract. */
export type LintRule = (contract: LintedContract) => readonly Contradiction[];
