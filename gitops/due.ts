// Periodic work without a memory of the last time: each object has its own moments, spread by its uid, and a
// tick does those that fell between the last tick and now. A missed tick skips one turn, not the object.

/** Returns whether one of the object's moments lies in the `tickMs` before `now` (milliseconds since the epoch). */
export function isDue(
  uid: string,
  intervalMs: number,
  { now, tickMs }: { now: number; tickMs: number },
): boolean {
  const offset = hash(uid) % intervalMs;
  return (now - offset + intervalMs) % intervalMs < tickMs;
}

/** FNV-1a: even enough to spread objects over an interval. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value;
}

/** Returns a duration such as 5m or 1h30m in milliseconds; the CRD has checked its form. */
export function durationMs(text: string): number {
  const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };
  const parts = text.matchAll(/(\d+)([smh])/gy);
  return [...parts].reduce(
    (sum, [, amount, unit = '']) => sum + Number(amount) * (units[unit] ?? 0),
    0,
  );
}
