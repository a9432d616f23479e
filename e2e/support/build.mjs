// Builds the product once before any test, when its source is newer: journeys run what users run.
import { buildProduct, isBuilt } from '../../scripts/setup/product.mjs';

export async function setup() {
  if (!isBuilt()) await buildProduct(process.execPath);
}
