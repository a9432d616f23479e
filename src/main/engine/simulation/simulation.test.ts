/**
 * Whole worlds of tasks, workers and faults, driven by dice. SIMULATION_STEPS sets how many steps (`npm run faults` asks for a million,
 * verify for fewer), SEED the first seed: a failing world prints its own, and comes out the same again with it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Recipes } from '../recipes.ts';
import { Dice } from './test-dice.ts';
import { World } from './test-world.ts';

const STEPS = Number(process.env['SIMULATION_STEPS'] ?? 30_000);
const SEED = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31));
/** After so many steps a world comes to rest and the next one begins. */
const STEPS_PER_WORLD = 5_000;

async function live(seed: number, steps: number, recipes: Recipes): Promise<World['checks']> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-simulation-'));
  const world = new World({ dir, dice: new Dice(seed), recipes });
  try {
    for (let step = 0; step < steps; step += 1) await world.step();
    await world.comeToRest();
    return { ...world.checks };
  } catch (error) {
    throw new Error(`SEED=${seed} SIMULATION_STEPS=${steps}: ${String(error)}`, { cause: error });
  } finally {
    world.close();
    await rm(dir, { recursive: true, force: true });
  }
}

describe(`${STEPS} simulated steps (SEED=${SEED})`, () => {
  it('lose nothing, do nothing twice, keep the order, and bring everything to an end', async () => {
    const recipes = await Recipes.load(join(import.meta.dirname, '..', '..', '..', '..', 'resources', 'recipes'));
    const sums: Record<string, number> = {};
    for (let done = 0, seed = SEED; done < STEPS; done += STEPS_PER_WORLD, seed += 1) {
      const checks = await live(seed, Math.min(STEPS_PER_WORLD, STEPS - done), recipes);
      for (const [name, count] of Object.entries(checks)) sums[name] = (sums[name] ?? 0) + count;
    }
    console.log(`simulation: ${STEPS} steps from SEED=${SEED}: ${JSON.stringify(sums)}`);
    // Each kind of check had something to look at.
    for (const count of Object.values(sums)) expect(count).toBeGreaterThan(0);
  }, 3_600_000);

  it('come out the same from the same seed', async () => {
    const recipes = await Recipes.load(join(import.meta.dirname, '..', '..', '..', '..', 'resources', 'recipes'));
    expect(await live(SEED, 2_000, recipes)).toEqual(await live(SEED, 2_000, recipes));
  });
});
