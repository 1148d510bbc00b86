import { expect, it } from 'vitest';
import { probe, verdict } from '../support/probe-targets/probe.ts';
import { realSuite } from '../support/real-servers/suite.ts';
import { runTool } from '../support/real-servers/tool.ts';

realSuite('fping', 'ping')("the ping probe with Debian's fping and ping", () => {
  it('this host answers all packets, as fping and ping say themselves', async () => {
    const seen = await probe({ type: 'ping', host: '127.0.0.1', count: 5 });
    expect({ verdict: verdict(seen), detail: seen.detail }).toEqual({ verdict: 'up', detail: null });
    const { loss, rtt_min, rtt = 0, rtt_max = 0 } = seen.observation.values;
    expect(loss).toBe(0);
    expect(rtt_min).toBeGreaterThan(0);
    expect(rtt).toBeGreaterThanOrEqual(rtt_min ?? 0);
    expect(rtt_max).toBeGreaterThanOrEqual(rtt);
    const fping = await runTool('fping', ['-q', '-c', '5', '-p', '20', '127.0.0.1']);
    expect(fping.err).toContain('5/5/0%');
    const ping = await runTool('ping', ['-n', '-q', '-c', '2', '-i', '0.2', '127.0.0.1']);
    expect(ping.out).toContain(' 0% packet loss');
  });
});
