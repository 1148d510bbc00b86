import type { Observation } from '@nines/shared/observation.ts';
import type { StateNow } from '../evaluate/check-view.ts';
import type { HeartbeatReport } from '../heartbeat/heartbeats.ts';
import type { Attainment } from '../sla/attainment.ts';
import type { Objective } from '../sla/objective.ts';
import type { Evidence } from './evidence.ts';
import type { Flapping } from './flapping.ts';
import type { Limits } from './limits.ts';
import type { RecentWindow } from './recent.ts';
import type { Subject } from './subject.ts';

/** How urgent: somebody is called, somebody looks during the day, somebody should know. */
export type Severity = 'page' | 'ticket' | 'info';

/** A check at this instant by the quorum of its agents, and what each of them saw last. */
export interface CheckNow {
  readonly check: string;
  readonly state: StateNow;
  /** Why nobody is called about it, as maintenance; `null`: somebody is. */
  readonly quiet: string | null;
  /** Whether some promise about what it measures holds at this hour; `null` when none is of certain hours. */
  readonly isPromisedNow: boolean | null;
  /** Why it has no data, when that is told of by another alert already: every agent that runs it is gone. */
  readonly silent: string | null;
  readonly agents: readonly {
    readonly agent: string;
    readonly location: string;
    readonly state: StateNow;
    readonly last: Observation | null;
    /** The phase in which the last run failed, when it did and its values tell. */
    readonly failedPhase: string | null;
  }[];
}

/** A pair of windows of a burn-rate alert as it stands: both rates have to pass the limit. Rates are `null` without data. */
export interface BurnPairNow {
  readonly window: string;
  readonly shortWindow: string;
  readonly shortMs: number;
  readonly severity: Severity;
  readonly limit: number;
  readonly longRate: number | null;
  /** The rate of the long window if all of it that nobody measured was good. */
  readonly leastRate: number | null;
  readonly shortRate: number | null;
  /** Whether more than a few runs or events went wrong in the long window: one lost run is no trend. */
  readonly hasEnoughBad: boolean;
}

/** A promise in its period that runs, how fast its budget goes, and how much of the last hour was measured. */
export interface ObjectiveNow {
  readonly objective: Objective;
  readonly attainment: Attainment;
  readonly burns: readonly BurnPairNow[];
  /** How long the budget lasts at the pace of the last day; `null` when nothing went wrong in it. */
  readonly exhaustsInMs: number | null;
  /** Of what is looked at over a time of its own; `null`: this promise has none. */
  readonly recent: (RecentWindow & Pick<Attainment, 'good' | 'bad'>) | null;
  /** Parts per billion; `null` when nothing of the last hour was promised. */
  readonly recentCoveragePpb: number | null;
  /** As of a check. */
  readonly quiet: string | null;
}

/** An agent that runs checks. */
export interface AgentNow {
  readonly agent: string;
  readonly location: string;
  /** `null`: it never delivered. */
  readonly lastReceivedAtMs: number | null;
  /** Silence of this length says that it is gone. */
  readonly silenceMs: number;
  /** What it said last of itself. */
  readonly isIsolated: boolean;
  readonly spoolBatches: number;
  readonly spoolOldestAtMs: number | null;
  /** Collector − agent, and how far off it may be; `null`: never measured. */
  readonly skewMs: number | null;
  readonly maxSkewMs: number;
}

/** A repository of backups under the first check that lists it, and the checks that try it. */
export interface RepositoryNow {
  readonly check: string;
  /** The end of the newest good backup; `null` while no listing tells. */
  readonly newestAtMs: number | null;
  /** How old it may be at most, as a contract or a check says; `null`: nobody says. */
  readonly promisedAgeMs: number | null;
  /** Whether there are checks that could verify it or restore from it. */
  readonly canBeTried: boolean;
  readonly triedBy: readonly string[];
  /** When one of them last found it good; `null`: never, as far as is known. */
  readonly lastGoodAtMs: number | null;
  readonly quiet: string | null;
}

/** A statement's newest revision that somebody has not signed. */
export interface StatementNow {
  readonly contract: string;
  readonly customer: string;
  readonly period: string;
  readonly frozenAtMs: number;
  readonly missing: readonly string[];
}

/** The next review of a contract. */
export interface ReviewNow {
  readonly contract: string;
  readonly customer: string;
  readonly timeZone: string;
  readonly dueAtMs: number;
}

/** All that rules look at: how things stand at `nowMs`, and nothing of the past but what counts now. */
export interface Snapshot {
  readonly nowMs: number;
  /** Where people reach the pages, without a trailing slash; `null` when the configuration does not say. */
  readonly publicUrl: string | null;
  readonly checks: readonly CheckNow[];
  readonly objectives: readonly ObjectiveNow[];
  readonly agents: readonly AgentNow[];
  readonly heartbeats: readonly HeartbeatReport[];
  readonly repositories: readonly RepositoryNow[];
  readonly statements: readonly StatementNow[];
  readonly reviews: readonly ReviewNow[];
}

/**
 * Whether a condition holds for one subject. `open`: we cannot tell, or it is between the limit that fires and the one
 * that clears; what is firing goes on, what is not does not begin.
 */
export type Holds = 'yes' | 'open' | 'no';

/** What a rule says of one subject. */
export interface Finding {
  /** By what its settings may differ. */
  readonly subject: Subject;
  /** What tells it from the rule's other subjects; from the configuration only. */
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: Severity;
  readonly holds: Holds;
  /** Why nobody is called for it at present; `null`: somebody is. */
  readonly quiet: string | null;
  /** How long it has to hold after it was quiet, when that is longer than otherwise: it may look back at that time. */
  readonly settleMs?: number;
  /** What people read, made only for what holds or may hold. `link` is a path below `publicUrl`. */
  readonly tell: () => Telling;
}

export interface Telling {
  /** One line: what is wrong. */
  readonly summary: string;
  /** Why we think so: last observations by location, the value against its limit. */
  readonly cause: string;
  readonly evidence: readonly Evidence[];
  readonly link: string;
}

/** A rule: pure, of a snapshot and its limits alone. */
export interface Rule {
  /** The `alertname` that receivers see. */
  readonly alertname: string;
  /** How long a condition has to hold before it fires, and to be gone before it is resolved, unless configured. */
  readonly forMs: number;
  readonly keepMs: number;
  readonly flapping?: Flapping;
  readonly find: (snapshot: Snapshot, limitsOf: LimitsOf) => Finding[];
}

/** The limits that hold for a subject. */
export type LimitsOf = (subject: Subject) => Limits;
