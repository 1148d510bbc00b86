import type { Bodies } from './bodies.ts';
import type { Engine } from './engine.ts';
import { sendAll } from './sender.ts';

/** What it cost a program to take everything in. */
export interface LoadCost {
  readonly observations: number;
  readonly wallMs: number;
  /** All threads, from the first request until background work was over. */
  readonly cpuMs: number;
  /** From the last answer until background work was seen to be over. */
  readonly settledAfterMs: number;
  readonly peakRssBytes: number;
}

/** Sends everything to a program that was just started, waits until it has settled and counts what it holds. */
export async function load(engine: Engine, bodies: Bodies): Promise<LoadCost> {
  const before = engine.running().usage();
  const wallMs = await sendAll(bodies, engine.target());
  const sentMs = performance.now();
  await engine.settle();
  const settledAfterMs = performance.now() - sentMs;
  const after = engine.running().usage();
  const stored = await engine.stored();
  if (stored !== bodies.observations) {
    throw new Error(`${engine.name} holds ${stored} of ${bodies.observations} observations`);
  }
  return {
    observations: bodies.observations,
    wallMs,
    cpuMs: after.cpuMs - before.cpuMs,
    settledAfterMs,
    peakRssBytes: after.peakRssBytes,
  };
}
