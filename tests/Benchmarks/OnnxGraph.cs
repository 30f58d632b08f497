using System.Runtime.InteropServices;
using System.Text;

namespace Proxima.Benchmarks;

/// <summary>Writes an ONNX model of float tensors. Field numbers are those of onnx.proto (IR version 9, operator set 20).</summary>
internal sealed class OnnxGraph(string name)
{
    private const int IrVersion = 9, OperatorSet = 20, Float = 1;

    private readonly Message _graph = new Message().Text(2, name);

    /// <summary>An initializer.</summary>
    public OnnxGraph Constant(string name, float[] values, params int[] shape)
    {
        var tensor = new Message();
        foreach (var size in shape) tensor.Integer(1, size);
        _graph.Nested(5, tensor.Integer(2, Float).Text(8, name).Bytes(9, MemoryMarshal.AsBytes(values.AsSpan())));
        return this;
    }

    /// <summary>An input; sizes are numbers, or names of sizes that each run decides.</summary>
    public OnnxGraph Input(string name, params object[] shape) => Value(11, name, shape);

    /// <summary>An output.</summary>
    public OnnxGraph Output(string name, params object[] shape) => Value(12, name, shape);

    /// <summary>An operator with one output, which names the node too.</summary>
    public OnnxGraph Node(string op, string[] inputs, string output, params (string Name, float Value)[] attributes)
    {
        var node = new Message();
        foreach (var input in inputs) node.Text(1, input);
        node.Text(2, output).Text(3, output).Text(4, op);
        foreach (var (attribute, value) in attributes)
            node.Nested(5, new Message().Text(1, attribute).Number(2, value).Integer(20, Float));
        _graph.Nested(1, node);
        return this;
    }

    /// <summary>The file.</summary>
    public byte[] Model() => new Message().Integer(1, IrVersion).Nested(7, _graph).Nested(8, new Message().Text(1, "").Integer(2, OperatorSet)).ToArray();

    private OnnxGraph Value(int field, string name, object[] shape)
    {
        var sizes = new Message();
        foreach (var size in shape)
            sizes.Nested(1, size is int number ? new Message().Integer(1, number) : new Message().Text(2, (string)size));
        var tensor = new Message().Integer(1, Float).Nested(2, sizes);
        _graph.Nested(field, new Message().Text(1, name).Nested(2, new Message().Nested(1, tensor)));
        return this;
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
