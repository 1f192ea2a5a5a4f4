// The official Bluesky server (PDS) with an identity directory (PLC) of its own, on loopback only and in a folder that is
// removed at the end. Prints one line of JSON with its address when it is ready; ends on SIGTERM or when its input closes.
'use strict';
const net = require('node:net');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const crypto = require('node:crypto');

// Both servers listen on every interface by themselves: `app.listen(port)`.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === 'number' && typeof args[1] !== 'string') args.splice(1, 0, '127.0.0.1');
  return listen.apply(this, args);
};

const plc = require('@did-plc/server');
const { PDS, envToCfg, envToSecrets } = require('@atproto/pds');

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function settings(port, directory, plcUrl) {
  return {
    devMode: true,
    hostname: 'localhost',
    port,
    dataDirectory: directory,
    blobstoreDiskLocation: path.join(directory, 'blobs'),
    didPlcUrl: plcUrl,
    adminPassword: crypto.randomBytes(16).toString('hex'),
    jwtSecret: crypto.randomBytes(16).toString('hex'),
    serviceHandleDomains: ['.test'],
    inviteRequired: false,
    disableSsrfProtection: true,
    bskyAppViewUrl: 'https://appview.invalid',
    bskyAppViewDid: 'did:example:invalid',
    plcRotationKeyK256PrivateKeyHex: crypto.randomBytes(32).toString('hex'),
    rateLimitsEnabled: process.env.RATE_LIMITS === '1',
  };
}

async function main() {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'pds-'));
  const plcPort = await freePort();
  const directoryServer = plc.PlcServer.create({ db: plc.Database.mock(), port: plcPort });
  await directoryServer.start();
  const port = await freePort();
  const env = settings(port, directory, `http://127.0.0.1:${plcPort}`);
  const server = await PDS.create(envToCfg(env), envToSecrets(env));
  await server.start();

  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    await server.destroy();
    await directoryServer.destroy();
    fs.rmSync(directory, { recursive: true, force: true });
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.stdin.on('end', end).resume(); // the test run is gone
  console.log(JSON.stringify({ pds: `http://127.0.0.1:${port}` }));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
