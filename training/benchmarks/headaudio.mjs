// Runs HeadAudio's own worklet and node on recordings, offline, in step with the audio instead of a sound card.
//
//   node headaudio.mjs PACKAGE RECORDINGS
//
// PACKAGE is the unpacked npm package; RECORDINGS is a JSON file: [{"input": path, "output": path}, ...]. An input holds
// raw float32 mono at 48 kHz. An output receives raw float32, 15 viseme values every 10 ms, the first after 10 ms.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const RATE = 48_000;
const BLOCK = 128;
const TICK_MS = 10;
const [packageFolder, list] = process.argv.slice(2);
const modules = path.join(path.resolve(packageFolder), 'modules');

// What a browser gives to a worklet, without its threads: messages arrive at once.
const processors = new Map();
let portOfNextProcessor = null;
globalThis.sampleRate = RATE;
globalThis.registerProcessor = (name, type) => processors.set(name, type);
globalThis.AudioWorkletProcessor = class {
  constructor() {
    this.port = portOfNextProcessor;
  }
};
globalThis.AudioWorkletNode = class {
  constructor(context, name, options) {
    const near = { onmessage: null };
    const far = { onmessage: null };
    near.postMessage = (data) => far.onmessage?.({ data });
    far.postMessage = (data) => near.onmessage?.({ data });
    this.port = near;
    portOfNextProcessor = far;
    const Type = processors.get(name);
    const defaults = Type.parameterDescriptors.map((item) => [item.name, [item.defaultValue]]);
    this.values = Object.fromEntries(defaults);
    for (const [key, value] of Object.entries(options.parameterData)) this.values[key] = [value];
    this.processor = new Type(options);
  }
};
globalThis.fetch = async (file) => new Response(fs.readFileSync(file));

await import(pathToFileURL(path.join(modules, 'headworklet.mjs')).href);
const { HeadAudio } = await import(pathToFileURL(path.join(modules, 'headaudio.mjs')).href);

for (const { input, output } of JSON.parse(fs.readFileSync(list, 'utf8'))) {
  const bytes = fs.readFileSync(input);
  const samples = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const head = new HeadAudio(null, { parameterData: { vadGateActiveDb: -40, vadGateInactiveDb: -60 } });
  await head.loadModel(path.join(packageFolder, 'dist', 'model-en-mixed.bin'));
  const values = new Float32Array(head.nVisemes);
  head.onvalue = (key, value) => {
    values[head.visemeNames.indexOf(key)] = value;
  };
  const ticks = Math.floor((samples.length / RATE) * (1000 / TICK_MS));
  const result = new Float32Array(ticks * head.nVisemes);
  let heard = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    while (heard + BLOCK <= ((tick + 1) * TICK_MS * RATE) / 1000) {
      head.processor.process([[samples.subarray(heard, heard + BLOCK)]], [], head.values);
      heard += BLOCK;
    }
    head.update(TICK_MS);
    result.set(values, tick * head.nVisemes);
  }
  fs.writeFileSync(output, Buffer.from(result.buffer));
}
