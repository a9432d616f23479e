/** Cameras that see all of a model, by three's mathematics. */
import { Matrix4, OrthographicCamera, PerspectiveCamera, Vector3 } from 'three';
import type { Bounds, Stage, Triple } from './meshes-stage.ts';

/** From where a model is looked at. Degrees: to the right of its front, and above the ground. */
export interface Angle {
  readonly azimuth: number;
  readonly elevation: number;
  /** Without perspective: sides can be measured and compared. */
  readonly isFlat: boolean;
}

/** What the rasteriser needs of a camera. */
export interface View {
  /** From the world to the picture: 16 numbers, column by column. */
  readonly matrix: readonly number[];
  readonly right: Triple;
  readonly up: Triple;
  /** From the model to the viewer. */
  readonly back: Triple;
  readonly eye: Triple;
  readonly near: number;
  readonly far: number;
  readonly isFlat: boolean;
  /** Half of what the picture's height shows, at the distance of the model. */
  readonly halfHeight: number;
  /** From the picture back to the world. */
  readonly inverse: readonly number[];
}

/** As a lens of 70 mm: near enough for depth, far enough not to bend. */
const FIELD_DEGREES = 26;
/** Share of the picture that the model may fill. */
const FILL = 0.8;
const FIT_ROUNDS = 8;
/** A turn is fitted at so many of its angles. */
const TURN_ANGLES = 24;

/** aspect: width to height. */
export function viewOf(stage: Stage, angle: Angle, aspect: number): View {
  const basis = basisOf(angle);
  return placed(stage, angle, aspect, basis, fit(stage.outline, centreOf(stage.bounds), [basis], angle.isFlat, aspect));
}

/** Without perspective, all at the same scale, so that one can be measured against the other. */
export function sideViews(stage: Stage, angles: readonly Omit<Angle, 'isFlat'>[], aspect: number): View[] {
  const fitted = angles.map((angle) => ({ angle: { ...angle, isFlat: true }, found: fit(stage.outline, centreOf(stage.bounds), [basisOf({ ...angle, isFlat: true })], true, aspect) }));
  const halfHeight = Math.max(...fitted.map(({ found }) => found.halfHeight));
  return fitted.map(({ angle, found }) => placed(stage, angle, aspect, basisOf(angle), { ...found, halfHeight }));
}

/** Views of a whole turn, the first one included, all from the same distance. */
export function turnViews(stage: Stage, elevation: number, azimuth: number, frames: number, aspect: number): View[] {
  const at = (share: number): Angle => ({ azimuth: azimuth - 360 * share, elevation, isFlat: false });
  const { min, max } = stage.bounds;
  const middle = centreOf(stage.bounds);
  const bases = Array.from({ length: TURN_ANGLES }, (_, index) => basisOf(at(index / TURN_ANGLES)));
  // It turns around the middle of its ground, and moves up and down at most.
  const centre = new Vector3((min[0] + max[0]) / 2, middle.y, (min[2] + max[2]) / 2);
  const fitted = fit(stage.outline, centre, bases, false, aspect);
  return Array.from({ length: frames }, (_, index) => {
    const angle = at(index / frames);
    return placed(stage, angle, aspect, basisOf(angle), fitted);
  });
}

interface Basis {
  readonly right: Vector3;
  readonly up: Vector3;
  readonly back: Vector3;
}

interface Fitted {
  readonly target: Vector3;
  /** Of the target in the picture, along right and up: turned with the basis. */
  readonly shift: { readonly right: number; readonly up: number };
  readonly distance: number;
  readonly halfHeight: number;
}

function basisOf({ azimuth, elevation }: Angle): Basis {
  const turn = (azimuth * Math.PI) / 180;
  const lift = (elevation * Math.PI) / 180;
  const back = new Vector3(Math.sin(turn) * Math.cos(lift), Math.sin(lift), Math.cos(turn) * Math.cos(lift));
  const right = new Vector3(Math.cos(turn), 0, -Math.sin(turn));
  return { back, right, up: new Vector3().crossVectors(back, right) };
}

/** The distance and the place in the middle at which all points are within the picture, from all sides that are asked for. */
function fit(outline: Float32Array, target: Vector3, bases: readonly Basis[], isFlat: boolean, aspect: number): Fitted {
  const slope = Math.tan((FIELD_DEGREES * Math.PI) / 360);
  let reach = 0;
  for (let at = 0; at < outline.length; at += 3) reach = Math.max(reach, Math.hypot((outline[at] ?? 0) - target.x, (outline[at + 1] ?? 0) - target.y, (outline[at + 2] ?? 0) - target.z));
  let distance = reach / slope;
  let halfHeight = reach;
  const shift = { right: 0, up: 0 };
  for (let round = 0; round < FIT_ROUNDS; round += 1) {
    const seen = extent(outline, target, bases, shift, isFlat ? null : distance);
    const scale = isFlat ? 1 : distance;
    if (bases.length === 1) shift.right += ((seen.left + seen.right) / 2) * scale;
    shift.up += ((seen.bottom + seen.top) / 2) * scale;
    const wide = bases.length === 1 ? (seen.right - seen.left) / 2 : Math.max(-seen.left, seen.right);
    const needed = Math.max((seen.top - seen.bottom) / 2, wide / aspect) / FILL;
    if (isFlat) halfHeight = needed;
    else distance = Math.max(reach * 1.02, distance * (needed / slope));
  }
  return { target, shift, distance: isFlat ? reach * 3 : distance, halfHeight: isFlat ? halfHeight : distance * slope };
}

/** distance null: without perspective. */
function extent(outline: Float32Array, target: Vector3, bases: readonly Basis[], shift: { right: number; up: number }, distance: number | null): { left: number; right: number; bottom: number; top: number } {
  const seen = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (const { right, up, back } of bases) {
    for (let at = 0; at < outline.length; at += 3) {
      const x = (outline[at] ?? 0) - target.x;
      const y = (outline[at + 1] ?? 0) - target.y;
      const z = (outline[at + 2] ?? 0) - target.z;
      const nearness = distance === null ? 1 : Math.max(distance * 0.02, distance - (x * back.x + y * back.y + z * back.z));
      const across = (x * right.x + y * right.y + z * right.z - shift.right) / nearness;
      const upwards = (x * up.x + y * up.y + z * up.z - shift.up) / nearness;
      seen.left = Math.min(seen.left, across);
      seen.right = Math.max(seen.right, across);
      seen.bottom = Math.min(seen.bottom, upwards);
      seen.top = Math.max(seen.top, upwards);
    }
  }
  return seen;
}

function placed({ bounds }: Stage, { isFlat }: Angle, aspect: number, { right, up, back }: Basis, { target, shift, distance, halfHeight }: Fitted): View {
  const looked = target.clone().addScaledVector(right, shift.right).addScaledVector(up, shift.up);
  const eye = looked.clone().addScaledVector(back, distance);
  const reach = new Vector3(...bounds.max).sub(new Vector3(...bounds.min)).length() * 0.75 + looked.distanceTo(centreOf(bounds));
  const near = Math.max(distance * 0.01, distance - reach);
  const far = distance + reach;
  const camera = isFlat ? new OrthographicCamera(-halfHeight * aspect, halfHeight * aspect, halfHeight, -halfHeight, near, far) : new PerspectiveCamera(FIELD_DEGREES, aspect, near, far);
  camera.updateProjectionMatrix();
  const world = new Matrix4().makeBasis(right, up, back).setPosition(eye);
  const matrix = camera.projectionMatrix.clone().multiply(world.clone().invert());
  return { matrix: matrix.toArray(), inverse: matrix.clone().invert().toArray(), right: right.toArray(), up: up.toArray(), back: back.toArray(), eye: eye.toArray(), near, far, isFlat, halfHeight };
}

function centreOf({ min, max }: Bounds): Vector3 {
  return new Vector3((min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2);
}
