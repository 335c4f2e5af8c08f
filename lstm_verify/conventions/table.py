"""The conventions: an entry for each framework, format and lesson whose LSTM somebody may hold in hands.

Users see them in this order: those that most people ask for come first.
"""

from __future__ import annotations

from dataclasses import replace

from lstm_verify.conventions.base import Convention

TORCH = Convention(
    name="torch",
    title="PyTorch",
    aliases=("pytorch",),
    source="https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTM.html",
    names={
        "weight_ih": "weight_ih",
        "weight_hh": "weight_hh",
        "bias_ih": "bias_ih",
        "bias_hh": "bias_hh",
        "weight_hr": "weight_hr",
    },
    notes="torch.nn.LSTM puts _l0, _l0_reverse, … behind these names. The projection has no bias, and "
    "torch.nn.LSTMCell has no projection.",
)

ONNX = Convention(
    name="onnx",
    title="ONNX",
    source="https://onnx.ai/onnx/operators/onnx__LSTM.html",
    names={"weight_ih": "W", "weight_hh": "R", "bias_ih": "B", "bias_hh": "B", "peephole": "P"},
    order="iofg",
    letters="ifco",
    leading=("D",),
    peephole="new",
    peephole_order="iof",
    notes="A layer is a node. B is both biases behind each other.",
)

KERAS = Convention(
    name="keras",
    title="Keras",
    aliases=("tf.keras",),
    source="https://keras.io/api/layers/recurrent_layers/lstm/; github.com/keras-team/keras: "
    "keras/src/layers/rnn/lstm.py",
    names={"weight_ih": "kernel", "weight_hh": "recurrent_kernel", "bias_ih": "bias"},
    letters="ifco",
    transposed=True,
    notes="unit_forget_bias begins the forget gate's bias at 1: nothing is added later.",
)

FLAX = Convention(
    name="flax",
    title="Flax (LSTMCell, OptimizedLSTMCell)",
    source="https://flax.readthedocs.io/en/latest/api_reference/flax.linen/layers.html; "
    "github.com/google/flax: flax/linen/recurrent.py",
    names={"weight_ih": "i{gate}.kernel", "weight_hh": "h{gate}.kernel", "bias_hh": "h{gate}.bias"},
    transposed=True,
    notes="The carry is (c, h), c first.",
)

D2L = Convention(
    name="d2l",
    title="Dive into Deep Learning, from scratch",
    source="https://d2l.ai/chapter_recurrent-modern/lstm.html",
    names={"weight_ih": "W_x{gate}", "weight_hh": "W_h{gate}", "bias_ih": "b_{gate}"},
    order="ifog",
    letters="ifco",
    transposed=True,
)

NAIVE = Convention(
    name="naive",
    title="Building a LSTM by hand on PyTorch, NaiveCustomLSTM",
    source="https://towardsdatascience.com/building-a-lstm-by-hand-on-pytorch-59c02a4ec091",
    names={"weight_ih": "U_{gate}", "weight_hh": "V_{gate}", "bias_ih": "b_{gate}"},
    letters="ifco",
    transposed=True,
    notes="The notebooks of github.com/piEsposito/pytorch-lstm-by-hand call U_i W_i, and V_i U_i.",
)

FUSED = Convention(
    name="fused",
    title="Building a LSTM by hand on PyTorch, CustomLSTM",
    source="https://towardsdatascience.com/building-a-lstm-by-hand-on-pytorch-59c02a4ec091; "
    "github.com/piEsposito/pytorch-lstm-by-hand: LSTM.ipynb",
    names={"weight_ih": "W", "weight_hh": "U", "bias_ih": "bias"},
    transposed=True,
    notes="The notebook's text lists i, f, o, g, and its code has i, f, g, o.",
)

TF1 = Convention(
    name="tf1",
    title="TensorFlow 1 (BasicLSTMCell, LSTMCell)",
    aliases=("basiclstmcell",),
    source="github.com/tensorflow/tensorflow: tensorflow/python/ops/rnn_cell_impl.py (1.x)",
    names={
        "weight_ih": "kernel",
        "weight_hh": "kernel",
        "bias_ih": "bias",
        "peephole": "w_{gate}_diag",
        "weight_hr": "projection/kernel",
    },
    order="igfo",
    letters="ifjo",
    transposed=True,
    forget_bias=1,
    peephole="new",
    notes="Peepholes and projection are LSTMCell's. forget_bias is an argument, and 1 unless given.",
)

TFJS = replace(
    KERAS,
    name="tfjs",
    title="TensorFlow.js",
    aliases=("tensorflow.js",),
    source="github.com/tensorflow/tfjs: tfjs-layers/src/layers/recurrent.ts",
    notes="As Keras, but the gates have a hard sigmoid unless recurrentActivation says otherwise.",
)

HAIKU = Convention(
    name="haiku",
    title="Haiku",
    aliases=("dm-haiku",),
    source="github.com/google-deepmind/dm-haiku: haiku/_src/recurrent.py",
    names={"weight_ih": "linear.w", "weight_hh": "linear.w", "bias_ih": "linear.b"},
    order="igfo",
    transposed=True,
    forget_bias=1,
)

MXNET = Convention(
    name="mxnet",
    title="MXNet Gluon",
    aliases=("gluon",),
    source="github.com/apache/mxnet: python/mxnet/gluon/rnn/rnn_cell.py",
    names={
        "weight_ih": "i2h_weight",
        "weight_hh": "h2h_weight",
        "bias_ih": "i2h_bias",
        "bias_hh": "h2h_bias",
        "weight_hr": "h2r_weight",
    },
    letters="ifco",
    notes="The projection is that of gluon.contrib's LSTMPCell.",
)

MLX = Convention(
    name="mlx",
    title="MLX",
    source="https://ml-explore.github.io/mlx/build/html/python/nn/_autosummary/mlx.nn.LSTM.html",
    names={"weight_ih": "Wx", "weight_hh": "Wh", "bias_ih": "bias"},
    notes="Its first versions had gates in columns, [I, 4H]. Returns h and c of every step.",
)

TINYGRAD = Convention(
    name="tinygrad",
    title="tinygrad",
    source="github.com/tinygrad/tinygrad: tinygrad/nn/__init__.py, LSTMCell",
    names={
        "weight_ih": "weight_ih",
        "weight_hh": "weight_hh",
        "bias_ih": "bias_ih",
        "bias_hh": "bias_hh",
    },
)

CANDLE = replace(
    TORCH,
    name="candle",
    title="Candle",
    aliases=(),
    source="github.com/huggingface/candle: candle-nn/src/rnn.rs",
    names={
        "weight_ih": "weight_ih_l0",
        "weight_hh": "weight_hh_l0",
        "bias_ih": "bias_ih_l0",
        "bias_hh": "bias_hh_l0",
    },
    notes="PyTorch's names, and one layer a module: each has _l0 in them.",
)

BURN = Convention(
    name="burn",
    title="Burn",
    source="github.com/tracel-ai/burn: crates/burn-nn/src/modules/rnn/lstm/lstm_module.rs",
    names={
        "weight_ih": "{gate}_gate.input_transform.weight",
        "weight_hh": "{gate}_gate.hidden_transform.weight",
        "bias_ih": "{gate}_gate.input_transform.bias",
        "bias_hh": "{gate}_gate.hidden_transform.bias",
    },
    order="ifog",
    letters=("input", "forget", "cell", "output"),
    transposed=True,
)

CUDNN = Convention(
    name="cudnn",
    title="cuDNN",
    source="https://docs.nvidia.com/deeplearning/cudnn/ (cudnnGetRNNWeightParams); linLayerID as in "
    "github.com/microsoft/onnxruntime: onnxruntime/core/providers/cuda/rnn/lstm.h",
    names={
        "weight_ih": "W_{gate}",
        "weight_hh": "R_{gate}",
        "bias_ih": "b_W{gate}",
        "bias_hh": "b_R{gate}",
    },
    letters="ifco",
    notes="All are in one opaque buffer: W_i, W_f, W_c and W_o have the linLayerID 0 to 3, R_i to R_o "
    "4 to 7. Two biases unless cudnnRNNBiasMode_t says otherwise.",
)

ONEDNN = Convention(
    name="onednn",
    title="oneDNN",
    aliases=("dnnl",),
    source="github.com/uxlfoundation/oneDNN: doc/primitives/rnn.md",
    names={
        "weight_ih": "weights_layer",
        "weight_hh": "weights_iter",
        "bias_ih": "bias",
        "peephole": "weights_peephole",
        "weight_hr": "weights_projection",
    },
    letters="ifco",
    transposed=True,
    gate_axis=True,
    leading=("L", "D"),
    peephole="new",
    notes="Shapes of the formats ldigo, ldgo and ldio; the library may ask for others.",
)

OPENVINO = Convention(
    name="openvino",
    title="OpenVINO",
    source="https://docs.openvino.ai/2025/documentation/openvino-ir-format/operation-sets/operation-specs/"
    "sequence/lstm-cell-1.html",
    names={"weight_ih": "W", "weight_hh": "R", "bias_ih": "B"},
    order="figo",
    letters="ifco",
    notes="Shapes of LSTMCell; LSTMSequence has an axis of directions before them. The order f, i, c, o is "
    'told as "fico" by opset6.lstm_sequence.',
)

COREML = Convention(
    name="coreml",
    title="Core ML",
    aliases=("coremltools",),
    source="github.com/apple/coremltools: coremltools/converters/mil/mil/ops/defs/iOS15/recurrent.py",
    names={"weight_ih": "weight_ih", "weight_hh": "weight_hh", "bias_ih": "bias", "peephole": "peephole"},
    order="ifog",
    letters="ifzo",
    peephole="new",
    notes="The reverse of two directions has _back behind its names. Which cell state the output gate "
    "looks at is not told; the new one is taken.",
)

WEBNN = Convention(
    name="webnn",
    title="WebNN",
    aliases=("webnn-iofg",),
    source="https://www.w3.org/TR/webnn/#api-mlgraphbuilder-lstmcell",
    names={
        "weight_ih": "weight",
        "weight_hh": "recurrentWeight",
        "bias_ih": "bias",
        "bias_hh": "recurrentBias",
        "peephole": "peepholeWeight",
    },
    order="iofg",
    peephole="old",
    peephole_order="iof",
    notes="Shapes of lstmCell; lstm has an axis of directions before them.",
)

WEBNN_IFGO = replace(
    WEBNN,
    name="webnn-ifgo",
    title='WebNN with layout "ifgo"',
    aliases=(),
    order="ifgo",
    notes="The peepholes keep the order i, o, f in the standard; its reference code looks for them in the "
    "order of the layout.",
)

MIGRAPHX = replace(
    ONNX,
    name="migraphx",
    title="MIGraphX",
    source="github.com/ROCm/AMDMIGraphX: src/rewrite_rnn.cpp",
    notes="As ONNX; the operator's inputs have no names, and these are ONNX's.",
)

LIBND4J = Convention(
    name="libnd4j",
    title="libnd4j (lstmLayer)",
    aliases=("deeplearning4j",),
    source="github.com/eclipse/deeplearning4j: libnd4j/include/ops/declarable/helpers/cpu/lstmLayer.cpp",
    names={"weight_ih": "Wx", "weight_hh": "Wr", "bias_ih": "b", "peephole": "Wp"},
    letters="ifco",
    transposed=True,
    peephole="new",
)

TFLITE = Convention(
    name="tflite",
    title="TensorFlow Lite, NNAPI, Arm NN",
    aliases=("nnapi", "armnn"),
    source="github.com/tensorflow/tensorflow: tensorflow/lite/kernels/unidirectional_sequence_lstm.cc",
    names={
        "weight_ih": "input_to_{gate}_weights",
        "weight_hh": "recurrent_to_{gate}_weights",
        "bias_ih": "{gate}_gate_bias",
        "peephole": "cell_to_{gate}_weights",
        "weight_hr": "projection_weights",
        "weight_ln": "{gate}_layer_norm_coefficients",
    },
    letters=("input", "forget", "cell", "output"),
    peephole="new",
    notes="The tensors have numbers, in the order of their names here; Arm NN writes m_InputToCellWeights. "
    "Where i = 1 − f those of the input gate are left out. A projection may have a bias there.",
)

ENTRIES = tuple(entry for entry in globals().values() if isinstance(entry, Convention))
"""All of the above, in their order."""
