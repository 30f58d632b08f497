using System.Buffers.Binary;
using System.IO.Compression;

namespace Proxima.Files;

/// <summary>Images as tensors: values from 0 (black) to 1 (white), rows from the top.</summary>
/// <remarks>
/// Reads every PNG (ISO/IEC 15948) without transparency and interlacing: grey, colour and palette, 1 to 16 bits. Writes 8 bits. Numbers are the
/// stored ones divided by their maximum; gamma and colour profiles are ignored.
/// </remarks>
public static class Png
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];
    private static readonly uint[] CrcTable = MakeCrcTable();

    private const int Gray = 0, Rgb = 2, Palette = 3, GrayAlpha = 4, RgbAlpha = 6;      // colour types
    private const int MaxExpansion = 1032;                                              // of deflate

    /// <summary>Reads an image as grey values; colours count as 0.299 red + 0.587 green + 0.114 blue.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Float32 [height width].</returns>
    /// <exception cref="InvalidDataException">The file is malformed or of a kind that is not read; the message says where and why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tensor ReadGray(string path)
    {
        var image = Read(path);
        if (image.Rank == 2)
            return image;
        var (height, width) = (image.Dim(1), image.Dim(2));
        var gray = Tensor.Empty(DType.Float32, height, width);
        var from = image.AsSpan<float>();
        var to = gray.AsSpan<float>();
        for (var i = 0; i < to.Length; i++)
            to[i] = 0.299f * from[i] + 0.587f * from[to.Length + i] + 0.114f * from[2 * to.Length + i];
        return gray;
    }

    /// <summary>Reads an image as red, green and blue; grey images give three equal planes.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Float32 [3 height width].</returns>
    /// <exception cref="InvalidDataException">The file is malformed or of a kind that is not read; the message says where and why.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Tensor ReadRgb(string path)
    {
        var image = Read(path);
        if (image.Rank == 3)
            return image;
        var rgb = Tensor.Empty(DType.Float32, 3, image.Dim(0), image.Dim(1));
        for (var plane = 0; plane < 3; plane++)
            rgb.Row(plane).CopyFrom(image);
        return rgb;
    }

    /// <summary>Writes grey values. Values outside of 0 to 1 are clamped.</summary>
    /// <param name="path">The file.</param>
    /// <param name="image">Floating point, [height width].</param>
    /// <exception cref="ArgumentException">Another shape, an empty image, or a value that is not a number.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteGray(string path, Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Rank != 2 || image.Length == 0)
            throw new ArgumentException($"WriteGray: an image is [height width] and not empty; this is [{string.Join(' ', image.Shape.ToArray())}].");
        Write(path, image, image.Dim(0), image.Dim(1), channels: 1);
    }

    /// <summary>Writes colours. Values outside of 0 to 1 are clamped.</summary>
    /// <param name="path">The file.</param>
    /// <param name="image">Floating point, [3 height width]: the planes of red, green and blue.</param>
    /// <exception cref="ArgumentException">Another shape, an empty image, or a value that is not a number.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void WriteRgb(string path, Tensor image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Rank != 3 || image.Dim(0) != 3 || image.Length == 0)
            throw new ArgumentException($"WriteRgb: an image is [3 height width] and not empty; this is [{string.Join(' ', image.Shape.ToArray())}].");
        Write(path, image, image.Dim(1), image.Dim(2), channels: 3);
    }

    // ---- reading

    private readonly record struct Format(int Width, int Height, int Depth, int Color)
    {
        public int Samples => Color switch { Rgb => 3, GrayAlpha => 2, RgbAlpha => 4, _ => 1 };
        public long RowBytes => ((long)Width * Samples * Depth + 7) / 8;
        public int PixelBytes => Math.Max(Samples * Depth / 8, 1);
    }

    /// <summary>[height width] or [3 height width].</summary>
    private static Tensor Read(string path)
    {
        var file = File.ReadAllBytes(path);
        InvalidDataException Malformed(long offset, string reason) => new($"{path}: at offset {offset}: {reason}.");

        if (!file.AsSpan().StartsWith(Signature))
            throw Malformed(0, "this is no PNG file");
        Format? format = null;
        byte[]? palette = null;
        using var packed = new MemoryStream();
        var ended = false;
        for (var at = Signature.Length; !ended;)
        {
            if (file.Length - at < 12)
                throw Malformed(at, "the file ends within a chunk");
            var length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12)
                throw Malformed(at, $"a chunk of {length} bytes does not fit into the file");
            var chunk = file.AsSpan(at + 4, (int)length + 4);
            var data = chunk[4..];
            if (Crc(chunk) != BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + (int)length)))
                throw Malformed(at + 8 + length, "the checksum of a chunk is wrong");
            var type = chunk[..4];
            if (type.SequenceEqual("IHDR"u8))
                format = format is null && at == Signature.Length ? ReadFormat(data, at, Malformed) : throw Malformed(at, "the header comes twice");
            else if (format is null)
                throw Malformed(at, "the file does not begin with its header");
            else if (type.SequenceEqual("PLTE"u8))
                palette = length % 3 == 0 && length is > 0 and <= 768 ? data.ToArray() : throw Malformed(at, $"a palette does not have {length} bytes");
            else if (type.SequenceEqual("tRNS"u8))
                throw Malformed(at, "the image has transparent colours; flatten it first");
            else if (type.SequenceEqual("IDAT"u8))
                packed.Write(data);
            else if (type.SequenceEqual("IEND"u8))
                ended = true;
            else if ((type[0] & 0x20) == 0)
                throw Malformed(at, $"the chunk {(uint)BinaryPrimitives.ReadInt32BigEndian(type):X8} is marked as critical and unknown");
            at += 12 + (int)length;
        }

        var f = format ?? throw Malformed(Signature.Length, "the header is missing");
        if (f.Color == Palette && palette is null)
            throw Malformed(file.Length, "the palette is missing");
        // A tiny file can claim an enormous size; compression has its limits.
        if ((Int128)(f.RowBytes + 1) * f.Height > (Int128)packed.Length * MaxExpansion + MaxExpansion || (long)f.Width * f.Height > int.MaxValue / 3)
            throw Malformed(16, $"{packed.Length} bytes of compressed data cannot hold {f.Width} x {f.Height} pixels");
        packed.Position = 0;
        try
        {
            using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
            return ReadRows(unpacked, f, palette);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw new InvalidDataException($"{path}: the compressed image data are damaged: {e.Message}", e);
        }
    }

    private static Format ReadFormat(ReadOnlySpan<byte> data, long at, Func<long, string, Exception> malformed)
    {
        if (data.Length != 13)
            throw malformed(at, $"a header does not have {data.Length} bytes");
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]));
        var (depth, color, compression, filter, interlace) = (data[8], data[9], data[10], data[11], data[12]);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
            throw malformed(at + 8, $"{width} x {height} pixels are no image");
        if (color is GrayAlpha or RgbAlpha)
            throw malformed(at + 17, "the image has an alpha channel; flatten it first");
        var isValid = color switch
        {
            Gray => depth is 1 or 2 or 4 or 8 or 16,
            Rgb => depth is 8 or 16,
            Palette => depth is 1 or 2 or 4 or 8,
            _ => false,
        };
        if (!isValid)
            throw malformed(at + 16, $"colour type {color} with {depth} bits does not exist");
        if (compression != 0 || filter != 0)
            throw malformed(at + 18, $"compression {compression} and filter method {filter} do not exist");
        if (interlace != 0)
            throw malformed(at + 20, "the image is interlaced; save it without");
        return new((int)width, (int)height, depth, color);
    }

    private static Tensor ReadRows(Stream stream, Format f, byte[]? palette)
    {
        var planes = f.Color == Gray ? 1 : 3;
        var image = planes == 1 ? Tensor.Empty(DType.Float32, f.Height, f.Width) : Tensor.Empty(DType.Float32, 3, f.Height, f.Width);
        var pixels = image.AsSpan<float>();
        var area = f.Width * f.Height;
        var scale = 1f / ((1 << f.Depth) - 1);
        var row = new byte[f.RowBytes];
        var above = new byte[f.RowBytes];
        for (var y = 0; y < f.Height; y++)
        {
            var filter = stream.ReadByte();
            stream.ReadExactly(row);
            Unfilter(filter, row, above, f.PixelBytes);
            var to = pixels.Slice(y * f.Width);
            for (var x = 0; x < f.Width; x++)
            {
                if (f.Color == Palette)
                {
                    var entry = 3 * Sample(row, x, f.Depth);
                    if (entry >= palette!.Length)
                        throw new InvalidDataException($"pixel ({x}, {y}) has colour {entry / 3} of a palette of {palette.Length / 3}.");
                    for (var plane = 0; plane < 3; plane++)
                        to[plane * area + x] = palette[entry + plane] / 255f;
                }
                else
                {
                    for (var plane = 0; plane < planes; plane++)
                        to[plane * area + x] = Sample(row, x * planes + plane, f.Depth) * scale;
                }
            }
            (row, above) = (above, row);
        }
        if (stream.ReadByte() >= 0)
            throw new InvalidDataException("there are more rows than the header says.");
        return image;
    }

    private static int Sample(byte[] row, int i, int depth) => depth switch
    {
        8 => row[i],
        16 => BinaryPrimitives.ReadUInt16BigEndian(row.AsSpan(2 * i)),
        _ => row[i * depth / 8] >> (8 - depth - i * depth % 8) & ((1 << depth) - 1),
    };

    private static void Unfilter(int filter, byte[] row, byte[] above, int step)
    {
        if (filter is < 0 or > 4)
            throw new InvalidDataException(filter < 0 ? "rows are missing." : $"filter {filter} does not exist.");
        for (var i = 0; i < row.Length; i++)
            row[i] += Predict(filter, i >= step ? row[i - step] : (byte)0, above[i], i >= step ? above[i - step] : (byte)0);
    }

    /// <summary>What a filter expects of a byte, from its neighbours to the left, above, and above left.</summary>
    private static byte Predict(int filter, byte left, byte above, byte aboveLeft)
    {
        switch (filter)
        {
            case 0: return 0;
            case 1: return left;
            case 2: return above;
            case 3: return (byte)((left + above) / 2);
            default:
                // Paeth: the neighbour nearest to left + above - aboveLeft.
                var (a, b, c) = (Math.Abs(above - aboveLeft), Math.Abs(left - aboveLeft), Math.Abs(left + above - 2 * aboveLeft));
                return a <= b && a <= c ? left : b <= c ? above : aboveLeft;
        }
    }

    // ---- writing

    private static void Write(string path, Tensor image, int height, int width, int channels)
    {
        var pixels = image.To(DType.Float32).AsSpan<float>();
        var area = width * height;
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            var (row, above, best, trial) = (new byte[width * channels], new byte[width * channels], new byte[width * channels], new byte[width * channels]);
            for (var y = 0; y < height; y++)
            {
                for (var x = 0; x < width; x++)
                {
                    for (var c = 0; c < channels; c++)
                        row[x * channels + c] = Quantize(pixels[c * area + y * width + x], x, y);
                }
                var chosen = Filter(row, above, channels, ref best, ref trial);
                zlib.WriteByte((byte)chosen);
                zlib.Write(best);
                (row, above) = (above, row);
            }
        }

        AtomicFile.Write(path, stream =>
        {
            stream.Write(Signature);
            Span<byte> header = stackalloc byte[13];
            BinaryPrimitives.WriteInt32BigEndian(header, width);
            BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
            header[8] = 8;
            header[9] = (byte)(channels == 1 ? Gray : Rgb);
            WriteChunk(stream, "IHDR"u8, header);
            WriteChunk(stream, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
            WriteChunk(stream, "IEND"u8, []);
        });
    }

    private static byte Quantize(float value, int x, int y) => float.IsNaN(value)
        ? throw new ArgumentException($"Png: pixel ({x}, {y}) is not a number.")
        : (byte)MathF.Round(255 * Math.Clamp(value, 0f, 1f));

    /// <summary>The filter whose output is smallest in sum, a good guess at what compresses best; the output goes to <paramref name="best"/>.</summary>
    private static int Filter(byte[] row, byte[] above, int step, ref byte[] best, ref byte[] trial)
    {
        var (chosen, least) = (0, long.MaxValue);
        for (var filter = 0; filter <= 4; filter++)
        {
            var sum = 0L;
            for (var i = 0; i < row.Length; i++)
            {
                trial[i] = (byte)(row[i] - Predict(filter, i >= step ? row[i - step] : (byte)0, above[i], i >= step ? above[i - step] : (byte)0));
                sum += Math.Abs((int)(sbyte)trial[i]);
            }
            if (sum >= least)
                continue;
            (chosen, least) = (filter, sum);
            (best, trial) = (trial, best);
        }
        return chosen;
    }

    private static void WriteChunk(Stream stream, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        stream.Write(word);
        stream.Write(type);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(word, ~Crc(Crc(~0u, type), data));
        stream.Write(word);
    }

    private static uint Crc(ReadOnlySpan<byte> data) => ~Crc(~0u, data);

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var b in data)
            crc = CrcTable[(byte)(crc ^ b)] ^ crc >> 8;
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < 256; i++)
        {
            var c = i;
            for (var bit = 0; bit < 8; bit++)
                c = (c & 1) != 0 ? 0xEDB88320 ^ c >> 1 : c >> 1;
            table[i] = c;
        }
        return table;
    }
}
