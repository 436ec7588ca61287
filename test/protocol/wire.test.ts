import { deviceListBody, signedDeviceList } from '../../src/protocol/device-list.ts'
import { envelopeCodec } from '../../src/protocol/envelope.ts'
import { clientFrameCodec, serverFrameCodec } from '../../src/protocol/frames.ts'
import { decoderContract } from '../helpers/decoder-contract.ts'
import * as arbitrary from './arbitraries.ts'

decoderContract('client frames', clientFrameCodec, arbitrary.clientFrame)
decoderContract('server frames', serverFrameCodec, arbitrary.serverFrame)
decoderContract('envelopes', envelopeCodec, arbitrary.envelope)
decoderContract('signed device lists', signedDeviceList, arbitrary.signedList)
decoderContract('device list bodies', deviceListBody, arbitrary.deviceListBody)
