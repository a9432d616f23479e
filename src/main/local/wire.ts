/**
 * What goes over the local socket. A client says hello with the token, then asks; requests of one connection are answered
 * in order. Inputs are validated where they arrive (the server), outputs and events where they arrive (the client).
 */
import * as z from 'zod';
import { METHODS, engineEvent, type EngineApi, type MethodName } from '../../shared/contract.ts';
import { taskErrorShape } from '../../shared/errors.ts';

/** Raised when a frame changes its meaning; both sides must agree. */
export const PROTOCOL = 1;

const hello = z.object({ hello: z.object({ protocol: z.int(), token: z.string() }) });
const subscribe = z.object({ subscribe: z.literal(true) });
const request = z.object({ id: z.int().positive(), method: z.string(), input: z.unknown() });

/** The first frame of a client. */
export const helloFrame = hello;
/** Every later frame of a client. */
export const clientFrame = z.union([request, subscribe]);
export type ClientFrame = z.infer<typeof clientFrame>;
export type HelloFrame = z.infer<typeof hello>;

const answer = z.union([
  z.object({ id: z.int(), ok: z.literal(true), value: z.unknown() }),
  z.object({ id: z.int(), ok: z.literal(false), error: taskErrorShape }),
]);
const welcome = z.object({ welcome: z.object({ pid: z.int(), protocol: z.int(), version: z.string() }) });
/** The connection ends after this, by the client's fault. */
const refused = z.object({ refused: taskErrorShape });
/** A request is being worked on: the engine is alive. */
const tick = z.object({ tick: z.literal(true) });
/** The engine stops; requests after lastId were not taken. */
const bye = z.object({ bye: z.object({ lastId: z.int() }) });

/** Every frame of the server. */
export const serverFrame = z.union([answer, z.object({ event: engineEvent }), tick, welcome, refused, bye]);
export type ServerFrame = z.infer<typeof serverFrame>;
export type AnswerFrame = z.infer<typeof answer>;

/** The names of all methods. */
export const METHOD_NAMES: readonly MethodName[] = Object.keys(METHODS).filter(isMethodName);

/** Whether the contract has this method. */
export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(METHODS, name);
}

/** Whether an object has every method of the contract. */
export function isEngineApi(value: unknown): value is EngineApi {
  return typeof value === 'object' && value !== null && METHOD_NAMES.every((name) => typeof Reflect.get(value, name) === 'function');
}
