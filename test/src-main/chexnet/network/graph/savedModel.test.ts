import { describe, expect, it } from 'vitest';
import { attribute, type GraphNode } from '#main/chexnet/network/graph/graphDef';
import { encodeSavedModel } from '#main/chexnet/network/graph/savedModel';

/**
 * The same model, filled in by hand in Python and written by Google's protobuf 4.25.8 with the messages of
 * TensorFlow 2.15.1: `SavedModel.SerializeToString(deterministic=True)`.
 */
const BY_TENSORFLOW =
  '080112cd020a072205736572766512c4010a3e0a0466696c6d120b506c616365686f6c6465722a0b0a056474797065120230012a1c0a0573' +
  '6861706512133a11120b08ffffffffffffffffff01120208020a350a0468616c661205436f6e73742a0b0a056474797065120230012a190a' +
  '0576616c75651210420e080112041202080122040000003f0a460a036f75741208416e797468696e671a0466696c6d1a0468616c662a0b0a' +
  '0161120612044e4857432a070a0162120218022a0a0a01631205250000c03f2a070a016412022801220308bf082a7b0a0f73657276696e67' +
  '5f64656661756c7412680a250a0466696c6d121d0a0666696c6d3a3010011a11120b08ffffffffffffffffff011202080212230a036f7574' +
  '121c0a056f75743a3010011a11120b08ffffffffffffffffff01120208021a1a74656e736f72666c6f772f73657276696e672f7072656469' +
  '6374';

const NODES: readonly GraphNode[] = [
  {
    name: 'film',
    operator: 'Placeholder',
    inputs: [],
    attributes: { dtype: attribute.type('float32'), shape: attribute.shape([-1, 2]) },
  },
  {
    name: 'half',
    operator: 'Const',
    inputs: [],
    attributes: { dtype: attribute.type('float32'), value: attribute.tensor(Float32Array.of(0.5), [1]) },
  },
  {
    name: 'out',
    operator: 'Anything',
    inputs: ['film', 'half'],
    attributes: {
      a: attribute.text('NHWC'),
      b: attribute.integer(2),
      c: attribute.float(1.5),
      d: attribute.boolean(true),
    },
  },
];

describe('a SavedModel', () => {
  it('has the bytes that TensorFlow itself writes', () => {
    const signature = { inputs: [{ name: 'film', shape: [-1, 2] }], outputs: [{ name: 'out', shape: [-1, 2] }] };
    const bytes = encodeSavedModel({ nodes: NODES, signatures: { serving_default: signature } });
    expect(Buffer.from(bytes).toString('hex')).toBe(BY_TENSORFLOW);
  });
});
