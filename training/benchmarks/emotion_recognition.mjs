// Two independent classifiers of facial expressions look at raw RGB pictures, offline, on the wasm backend.
//
//   node emotion_recognition.mjs PACKAGES PICTURES
//
// PACKAGES holds node_modules; PICTURES is a JSON file: [{"file": path of raw bytes, "width": w, "height": h}, ...].
// Writes to stdout {"human": [scores, ...], "face-api": [scores, ...]}: one object of class and score per picture, empty
// where no face was found.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [packages, list] = process.argv.slice(2);
const modules = path.join(path.resolve(packages), 'node_modules');
const require = createRequire(path.join(modules, 'any.js'));
const wasmPath = `${modules}/@tensorflow/tfjs-backend-wasm/dist/`;
const pictures = JSON.parse(fs.readFileSync(list, 'utf8')).map(({ file, width, height }) => ({
  shape: [height, width, 3],
  bytes: new Uint8Array(fs.readFileSync(file)),
}));

// Models and wasm are files here; the library only knows how to fetch them.
globalThis.fetch = async (url) => {
  const file = String(url).replace('file://', '');
  const kind = { '.wasm': 'application/wasm', '.json': 'application/json' }[path.extname(file)];
  return new Response(fs.readFileSync(file), { headers: { 'content-type': kind ?? 'application/octet-stream' } });
};

async function askHuman() {
  // By its path: the package's exports do not name its wasm build.
  const { Human } = require(path.join(modules, '@vladmandic/human/dist/human.node-wasm.js'));
  const off = { enabled: false };
  const human = new Human({
    backend: 'wasm',
    wasmPath,
    modelBasePath: `file://${modules}/@vladmandic/human/models/`,
    warmup: 'none',
    cacheSensitivity: 0,
    filter: off,
    face: {
      detector: { maxDetected: 1, skipFrames: 0, skipTime: 0 },
      emotion: { enabled: true, minConfidence: 0, skipFrames: 0, skipTime: 0 },
      iris: off,
      description: off,
    },
    body: off,
    hand: off,
    gesture: off,
  });
  await human.load();
  const answers = [];
  for (const { shape, bytes } of pictures) {
    const tensor = human.tf.tensor(bytes, [1, ...shape], 'float32');
    const face = (await human.detect(tensor)).face[0];
    human.tf.dispose(tensor);
    answers.push(Object.fromEntries((face?.emotion ?? []).map(({ emotion, score }) => [emotion, score])));
  }
  return answers;
}

async function askFaceApi() {
  require('@tensorflow/tfjs-backend-wasm').setWasmPaths(wasmPath);
  const api = require(path.join(modules, '@vladmandic/face-api/dist/face-api.node-wasm.js'));
  await api.tf.setBackend('wasm');
  await api.tf.ready();
  const models = path.join(modules, '@vladmandic/face-api/model');
  for (const net of [api.nets.ssdMobilenetv1, api.nets.faceLandmark68Net, api.nets.faceExpressionNet]) {
    await net.loadFromDisk(models);
  }
  const options = new api.SsdMobilenetv1Options({ minConfidence: 0.2 });
  const answers = [];
  for (const { shape, bytes } of pictures) {
    const tensor = api.tf.tensor(bytes, shape, 'int32');
    const face = await api.detectSingleFace(tensor, options).withFaceLandmarks().withFaceExpressions();
    tensor.dispose();
    answers.push(face ? { ...face.expressions } : {});
  }
  return answers;
}

const answers = { human: await askHuman(), 'face-api': await askFaceApi() };
process.stdout.write(JSON.stringify(answers));
