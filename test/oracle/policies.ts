export async function runPolicies(_ground: unknown): Promise<void> {}
