// How long to wait: under emulation everything takes longer by a known factor.

/** @param ms patience on a real machine */
export function patience(ms: number): number {
  return ms * Number(process.env['TEST_SLOWNESS'] ?? 1);
}

/** Repeats an assertion until it holds; when patience ends, its own failure is thrown. */
export async function eventually(check: () => void | Promise<void>, ms = 10_000): Promise<void> {
  const deadline = Date.now() + patience(ms);
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** ms of CPU that this process has used: what work costs, however busy the machine is with something else. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
