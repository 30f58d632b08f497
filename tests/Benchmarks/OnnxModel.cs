using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace Proxima.Benchmarks;

/// <summary>An ONNX graph of fixed sizes and what it is called with. Field numbers are those of onnx.proto (IR version 9, operator set 20).</summary>
internal sealed class OnnxModel
{
    private const int IrVersion = 9, OperatorSet = 20, Float = 1, Int64 = 7;

    private readonly Message _graph = new Message().Text(2, "model");
    private readonly List<(string Name, Tensor Value)> _inputs = [];
    private int _names;
    private string _output = "";
    private int[] _shape = [];

    /// <summary>An input.</summary>
    public string Input(Tensor value)
    {
        var name = Name();
        _inputs.Add((name, value));
        Value(11, name, value.Shape.ToArray());
        return name;
    }

    /// <summary>A constant.</summary>
    public string Constant(Tensor value) => Initializer(Float, value.Shape.ToArray(), MemoryMarshal.AsBytes(value.ToArray<float>().AsSpan()));

    /// <summary>A constant number.</summary>
    public string Scalar(float value) => Initializer(Float, [], MemoryMarshal.AsBytes(new[] { value }.AsSpan()));

    /// <summary>A constant list of whole numbers: a shape, axes, positions.</summary>
    public string Integers(params long[] values) => Initializer(Int64, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()));

    /// <summary>An operator with one output; an attribute is a float, an int, a string or ints.</summary>
    public string Op(string op, string[] inputs, params (string Name, object Value)[] attributes)
    {
        var (node, output) = (new Message(), Name());
        foreach (var input in inputs) node.Text(1, input);
        node.Text(2, output).Text(3, output).Text(4, op);
        foreach (var (attribute, value) in attributes)
        {
            var message = new Message().Text(1, attribute);
            switch (value)
            {
                case float number: message.Number(2, number).Integer(20, 1); break;
                case int whole: message.Integer(3, whole).Integer(20, 2); break;
                case string text: message.Text(4, text).Integer(20, 3); break;
                case int[] list:
                    foreach (var item in list) message.Integer(8, item);
                    message.Integer(20, 7);
                    break;
            }
            node.Nested(5, message);
        }
        _graph.Nested(1, node);
        return output;
    }

    /// <summary>Says which value is the result.</summary>
    public OnnxModel Result(string value, params int[] shape)
    {
        (_output, _shape) = (value, shape);
        Value(12, value, shape);
        return this;
    }

    /// <summary>ONNX Runtime on it: all graph optimisations on, inputs and output bound to memory of ours.</summary>
    public Side Run(int threads)
    {
        var model = new Message().Integer(1, IrVersion).Nested(7, _graph).Nested(8, new Message().Text(1, "").Integer(2, OperatorSet)).ToArray();
        using var options = new SessionOptions { IntraOpNumThreads = threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        options.AddSessionConfigEntry("session.force_spinning_stop", "1"); // within a call its threads spin as ever; after it they would take a processor from whoever is measured next
        var session = new InferenceSession(model, options);
        var run = new RunOptions();
        string[] inputNames = [.. _inputs.Select(input => input.Name)], outputNames = [_output];
        OrtValue[] inputs = [.. _inputs.Select(input => OrtValue.CreateTensorValueFromMemory(input.Value.ToArray<float>(), Long(input.Value.Shape.ToArray())))];
        var result = new float[_shape.Aggregate(1, (product, size) => product * size)];
        OrtValue[] outputs = [OrtValue.CreateTensorValueFromMemory(result, Long(_shape))];
        return new(() => session.Run(run, inputNames, inputs, outputNames, outputs), () => [.. result]);
    }

    private static long[] Long(int[] shape) => Array.ConvertAll(shape, size => (long)size);

    private string Name() => $"v{_names++}";

    private string Initializer(int type, int[] shape, ReadOnlySpan<byte> bytes)
    {
        var (tensor, name) = (new Message(), Name());
        foreach (var size in shape) tensor.Integer(1, size);
        _graph.Nested(5, tensor.Integer(2, type).Text(8, name).Bytes(9, bytes));
        return name;
    }

    private void Value(int field, string name, int[] shape)
    {
        var sizes = new Message();
        foreach (var size in shape) sizes.Nested(1, new Message().Integer(1, size));
        var tensor = new Message().Integer(1, Float).Nested(2, sizes);
        _graph.Nested(field, new Message().Text(1, name).Nested(2, new Message().Nested(1, tensor)));
    }

    /// <summary>A message in protobuf's wire format: each field is a key, (number &lt;&lt; 3) | wire type, and its value.</summary>
    private sealed class Message
    {
        private const int Varint = 0, LengthDelimited = 2, Fixed32 = 5;

        private readonly MemoryStream _bytes = new();

        public Message Integer(int field, long value) => Key(field, Varint).Raw((ulong)value);

        public Message Number(int field, float value)
        {
            Key(field, Fixed32)._bytes.Write(BitConverter.GetBytes(value)); // little-endian, as everywhere .NET runs
            return this;
        }

        public Message Bytes(int field, ReadOnlySpan<byte> value)
        {
            Key(field, LengthDelimited).Raw((ulong)value.Length)._bytes.Write(value);
            return this;
        }

        public Message Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public Message Nested(int field, Message value) => Bytes(field, value.ToArray());

        public byte[] ToArray() => _bytes.ToArray();

        private Message Key(int field, int wireType) => Raw((ulong)(field << 3 | wireType));

        // Seven bits at a time, the lowest first; the top bit says that more follow.
        private Message Raw(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
                _bytes.WriteByte((byte)(value | 0x80));
            _bytes.WriteByte((byte)value);
            return this;
        }
    }
}
