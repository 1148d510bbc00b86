import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SecretSource } from '@nines/shared/config/fields.ts';
import { besideFile } from '@nines/shared/config/load.ts';
import { judgeDocument, type ParsedDocument, type Path, readDocument } from '@nines/shared/config/parse.ts';
import { Secrets } from '@nines/shared/config/secrets.ts';
import { ConfigError, configErrorAt, errorCode, errorMessage } from '@nines/shared/errors.ts';
import type { ProbeOptions } from '@nines/shared/probes/index.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import type { CronTime } from '@nines/shared/time/cron.ts';
import * as z from 'zod';
import type { Heartbeat } from '../heartbeat/heartbeat.ts';
import type { Person } from '../ledger/person.ts';
import type { RemoteReceiver } from '../remote-write/receiver.ts';
import type { Contract } from '../sla/contract.ts';
import type { Objective } from '../sla/objective.ts';
import type { Retention } from '../store/archive.ts';
import { agentSchema, importerSchema } from './agents.ts';
import { type AlertsConfig, alertsSchema, toAlerts } from './alerts.ts';
import { calendarSchema } from './calendars.ts';
import { catalogueServiceSchema } from './catalogue.ts';
import { checkSchema } from './checks.ts';
import { collectorSchema, type PRECISIONS } from './collector-section.ts';
import { contractSchema } from './contracts.ts';
import { customerSchema } from './customers.ts';
import { heartbeatSchema } from './heartbeats.ts';
import { personSchema } from './people.ts';
import { findBrokenReferences } from './references.ts';
import { remoteWriteSchema, toRemoteReceivers } from './remote-write.ts';
import { runnersAmong } from './runners.ts';
import { toContract } from './to-contract.ts';

const ninesSchema = z.strictObject({
  collector: collectorSchema.prefault({}),
  agents: z.array(agentSchema).default([]),
  importers: z.array(importerSchema).default([]),
  people: z.array(personSchema).default([]),
  checks: z.array(checkSchema).default([]),
  heartbeats: z.array(heartbeatSchema).default([]),
  calendars: z.array(calendarSchema).default([]),
  catalogue: z.array(catalogueServiceSchema).default([]),
  customers: z.array(customerSchema).default([]),
  contracts: z.array(contractSchema).default([]),
  alerts: alertsSchema.prefault({}),
  remote_write: remoteWriteSchema.default([]),
});

export type NinesFile = z.output<typeof ninesSchema>;

/** An agent that may deliver. `token` is its secret's text, `null` when only issued tokens count. */
export interface ConfiguredAgent {
  readonly name: string;
  readonly location: string;
  readonly local: boolean;
  readonly token: string | null;
  /** Where its own metrics are, as `host:port`; `null` when nobody is to scrape them. */
  readonly metricsAt: string | null;
}

/** A program that may send events to its streams. `token` as for an agent. */
export interface ConfiguredImporter {
  readonly name: string;
  readonly streams: readonly string[];
  readonly token: string | null;
}

/** Somebody who may decide, with the token that they present. */
export interface ConfiguredPerson extends Person {
  readonly token: string;
}

/** A check, and the agents that run it. `writtenProbe` is the YAML as it stands: that is what agents are handed. */
export interface ConfiguredCheck {
  readonly id: string;
  /** With a schedule the longest time between two of its instants. */
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly schedule: CronTime | null;
  readonly agents: readonly string[];
  readonly probe: ProbeOptions;
  readonly writtenProbe: unknown;
}

/** What the catalogue offers. */
export interface Service {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly includes: readonly string[];
}

/** A whole `nines.yaml`, every reference resolved. */
export interface Nines {
  readonly path: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly dataDirectory: string;
  /** Where people reach the pages, without a trailing slash; `null` when the file does not say. */
  readonly publicUrl: string | null;
  readonly adminToken: string | null;
  readonly maxSkewMs: number;
  readonly minFreeBytes: number;
  readonly precision: (typeof PRECISIONS)[number];
  readonly statementGraceMs: number;
  readonly retention: Retention;
  readonly agents: readonly ConfiguredAgent[];
  readonly importers: readonly ConfiguredImporter[];
  readonly people: readonly ConfiguredPerson[];
  readonly checks: readonly ConfiguredCheck[];
  readonly heartbeats: readonly Heartbeat[];
  readonly services: readonly Service[];
  readonly alerts: AlertsConfig;
  readonly remoteReceivers: readonly RemoteReceiver[];
  readonly customers: readonly { readonly id: string; readonly name: string }[];
  /** Every version of every contract, by their order in the file. */
  readonly contracts: readonly Contract[];
  /** Where each of them stands in the file. */
  readonly contractPlaces: readonly { readonly line: number; readonly column: number }[];
  /** The objectives of all of them. */
  readonly objectives: readonly Objective[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where `npm start` puts the token of an agent that it runs itself. */
export function localTokenPath(dataDirectory: string, agent: string): string {
  return join(dataDirectory, 'local-agents', agent, 'token');
}

/** Reads `nines.yaml` and the secrets it names. Throws `ConfigError` with every mistake at once. */
export function loadNines(path: string, env: Environment = {}): Nines {
  return readNines(path, env).nines;
}

/** The same with the document that it was read from, for those who have to name places in it. */
export function readNines(
  path: string,
  env: Environment = {},
): { readonly nines: Nines; readonly document: ParsedDocument } {
  const text = readText(path);
  const document = readDocument(text, path);
  return { nines: toNines(judgeDocument(document, ninesSchema, path), { document, path, env }), document };
}

interface Reading {
  readonly document: ParsedDocument;
  readonly path: string;
  readonly env: Environment;
}

function toNines(file: NinesFile, { document, path, env }: Reading): Nines {
  const mistakes = findBrokenReferences(file, document, { source: path, nowMs: systemClock.nowMs() });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  const dataDirectory = file.collector.data === undefined ? resolve('data') : besideFile(path, file.collector.data);
  const secrets = new Secrets({ path, document, env });
  const agents = file.agents.map((agent, index) => toAgent(agent, { index, secrets, dataDirectory }));
  const contracts = file.contracts.map((entry, index) =>
    toContract(entry, writtenAt(document.value, 'contracts', index), file),
  );
  const objectivesOf = (id: string) =>
    contracts.filter((contract) => contract.id === id).flatMap(({ objectives }) => objectives.map((one) => one.id));
  const nines: Nines = {
    path,
    listen: file.collector.listen,
    dataDirectory,
    publicUrl: file.collector.public_url?.replace(/\/$/, '') ?? null,
    adminToken: optional(file.collector.admin_token, ['collector', 'admin_token'], secrets),
    maxSkewMs: file.collector.max_skew,
    minFreeBytes: file.collector.min_free,
    precision: file.collector.precision,
    statementGraceMs: file.collector.statement_grace,
    retention: {
      observationsMs: file.collector.retention.observations ?? null,
      rollupsMs: file.collector.retention.rollups ?? null,
      edgesMs: file.collector.retention.edges ?? null,
      eventsMs: file.collector.retention.events ?? null,
    },
    agents,
    importers: file.importers.map(({ name, streams, token }, index) => ({
      name,
      streams,
      token: optional(token, ['importers', index, 'token'], secrets),
    })),
    people: toPeople(file.people, path, secrets),
    checks: file.checks.map((check, index) => toCheck(check, agents, writtenProbe(document.value, index))),
    heartbeats: file.heartbeats.map((heartbeat, index) => toHeartbeat(heartbeat, index, secrets)),
    remoteReceivers: toRemoteReceivers(file.remote_write, secrets),
    alerts: toAlerts(file.alerts, { document, path, secrets, objectivesOf }),
    services: file.catalogue.map(({ name, description, ...service }) => ({
      ...service,
      name: name ?? service.id,
      description: description ?? null,
    })),
    customers: file.customers.map(({ id, name }) => ({ id, name: name ?? id })),
    contracts,
    contractPlaces: contracts.map((_, index) => document.place(['contracts', index])),
    objectives: contracts.flatMap(({ objectives }) => objectives),
  };
  secrets.check();
  return nines;
}

function optional(source: SecretSource | undefined, at: Path, secrets: Secrets): string | null {
  return source === undefined ? null : secrets.read(source, at);
}

function toHeartbeat(
  { id, key, schedule, grace }: NinesFile['heartbeats'][number],
  index: number,
  secrets: Secrets,
): Heartbeat {
  return {
    id,
    key: secrets.read(key, ['heartbeats', index, 'key']),
    schedule: 'every' in schedule ? { everyMs: schedule.every } : { cron: schedule.cron, timeZone: schedule.time_zone },
    graceMs: grace,
  };
}

/** Throws `ConfigError` when two of them have one token: the audit log could not tell them apart. */
function toPeople(people: NinesFile['people'], path: string, secrets: Secrets): ConfiguredPerson[] {
  const owners = new Map<string, string>();
  return people.map(({ name, roles, customer, token: source }, index) => {
    const token = secrets.read(source, ['people', index, 'token']);
    // A token that is missing is nobody's.
    const owner = token === '' ? undefined : owners.get(token);
    if (owner !== undefined) {
      throw configErrorAt(path, `${owner} and ${name} have the same token; give each their own`, 'people');
    }
    owners.set(token, name);
    return { name, roles, customer: customer ?? null, token };
  });
}

function toAgent(
  agent: NinesFile['agents'][number],
  { index, secrets, dataDirectory }: { index: number; secrets: Secrets; dataDirectory: string },
): ConfiguredAgent {
  return {
    name: agent.name,
    location: agent.location ?? agent.name,
    local: agent.local,
    metricsAt: agent.metrics === undefined ? null : formatHostPort(agent.metrics),
    token: agent.local
      ? readLocalToken(dataDirectory, agent.name)
      : optional(agent.token, ['agents', index, 'token'], secrets),
  };
}

/** An IPv6 address in brackets. */
function formatHostPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** A local agent has no token until `npm start` has made one; until then it cannot deliver, which is no mistake. */
function readLocalToken(dataDirectory: string, agent: string): string | null {
  const path = localTokenPath(dataDirectory, agent);
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : null;
}

function toCheck(
  check: NinesFile['checks'][number],
  agents: readonly ConfiguredAgent[],
  written: unknown,
): ConfiguredCheck {
  return {
    id: check.id,
    everyMs: check.every,
    timeoutMs: check.timeout,
    schedule: check.schedule,
    agents: runnersAmong(agents, check).map((agent) => agent.name),
    probe: check.probe,
    writtenProbe: written,
  };
}

function writtenProbe(document: unknown, index: number): unknown {
  return writtenAt(document, 'checks', index).probe;
}

/** An entry of a list as it was written; the schema has accepted the document, so the place exists. */
function writtenAt(document: unknown, list: string, index: number): Readonly<Record<string, unknown>> {
  const entry = (document as Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>)[list]?.[index];
  if (entry === undefined) throw new Error(`${list}[${index}] was accepted, but is not there`);
  return entry;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw configErrorAt(path, errorCode(error) === 'ENOENT' ? 'no such file' : errorMessage(error));
  }
}
