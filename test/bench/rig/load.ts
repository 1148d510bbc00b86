import type { Bodies } from './bodies.ts';
import type { Engine } from './engine.ts';
import { machineCpuMs } from './process.ts';
import { sendAll } from './sender.ts';

/** What it cost a program to take everything in. */
export interface LoadCost {
  readonly observations: number;
  readonly wallMs: number;
  /** Cores that others had meanwhile: neither the program nor who sent. What they take, the wall clock shows. */
  readonly othersCores: number;
  /** All threads, from the first request until background work was over. */
  readonly cpuMs: number;
  /** From the last answer until background work was seen to be over. */
  readonly settledAfterMs: number;
  readonly peakRssBytes: number;
}

/** Sends everything to a program that was just started, waits until it has settled, counts what it holds and reads some of it. */
export async function load(engine: Engine, bodies: Bodies): Promise<LoadCost> {
  const before = engine.running().usage();
  const othersBefore = othersCpuMs(engine);
  const wallMs = await sendAll(bodies, engine.target());
  const othersCores = (othersCpuMs(engine) - othersBefore) / wallMs;
  const sentMs = performance.now();
  await engine.settle();
  const settledAfterMs = performance.now() - sentMs;
  const after = engine.running().usage();
  await engine.verifyRuns?.();
  const stored = await engine.stored();
  if (stored !== bodies.observations) {
    throw new Error(`${engine.name} holds ${stored} of ${bodies.observations} observations`);
  }
  return {
    observations: bodies.observations,
    wallMs,
    othersCores,
    cpuMs: after.cpuMs - before.cpuMs,
    settledAfterMs,
    peakRssBytes: after.peakRssBytes,
  };
}

function othersCpuMs(engine: Engine): number {
  const { user, system } = process.cpuUsage();
  return machineCpuMs() - engine.running().usage().cpuMs - (user + system) / 1_000;
}
