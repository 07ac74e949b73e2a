/** The decode process: serves DecodeProtocol to whoever started it. */
import { parentPort } from '#main/channel/parentPort';

parentPort();
