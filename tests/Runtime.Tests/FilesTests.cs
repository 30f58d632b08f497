using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Proxima.Files;
using Xunit;

namespace Proxima.Tests;

/// <summary>A directory that disappears with the test.</summary>
public abstract class FilesTestBase : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("proxima-");

    protected string PathOf(string name) => Path.Combine(_directory.FullName, name);

    protected string[] Names => [.. _directory.GetFiles().Select(file => file.Name)];

    public void Dispose()
    {
        _directory.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Damages a valid file in many ways; reading must succeed or say that the data are invalid.</summary>
    protected void Fuzz(byte[] valid, Action<string> read, int rounds)
    {
        var random = new Random(3);
        var path = PathOf("fuzz");
        for (var round = 0; round < rounds; round++)
        {
            var bytes = valid.ToList();
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                var at = random.Next(bytes.Count + 1);
                switch (random.Next(4))
                {
                    case 0 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
                    case 1 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                    case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                    default: bytes.InsertRange(at, Enumerable.Range(0, random.Next(1, 20)).Select(_ => (byte)random.Next(256))); break;
                }
            }
            File.WriteAllBytes(path, [.. bytes]);
            try
            {
                read(path);
            }
            catch (Exception e) when (e is InvalidDataException or IOException)
            {
                Assert.NotEmpty(e.Message);
            }
        }
    }
}

/// <summary>The safetensors format.</summary>
public class FilesSafeTensorsTests : FilesTestBase
{
    private static Dictionary<string, Tensor> Example() => new()
    {
        ["weight"] = Tensor.From(new[] { 1.5f, -2f, float.NaN, 4f, 5f, 6f }, 2, 3),
        ["empty"] = Tensor.Zeros(0, 7),
        ["scalar"] = Tensor.From(new[] { Math.PI }),
        ["indices"] = Tensor.From(new[] { 1L, long.MinValue, 3L }, 3),
        ["blocks.0.mask \u00e4\""] = Tensor.From(new[] { true, false, true }, 3),
    };

    [Fact]
    public void WhatWasSavedIsLoaded()
    {
        var path = PathOf("a.safetensors");
        var saved = Example();
        SafeTensors.Save(path, saved);
        SafeTensors.Save(path, saved);
        var loaded = SafeTensors.Load(path);
        Assert.Equal(saved.Keys.Order(), loaded.Keys.Order());
        foreach (var (name, tensor) in saved)
        {
            Assert.Equal(tensor.DType, loaded[name].DType);
            Assert.Equal(tensor.Shape.ToArray(), loaded[name].Shape.ToArray());
        }
        Assert.Equal(saved["weight"].ToArray<float>(), loaded["weight"].ToArray<float>());
        Assert.Equal(saved["scalar"].ToArray<double>(), loaded["scalar"].ToArray<double>());
        Assert.Equal(saved["indices"].ToArray<long>(), loaded["indices"].ToArray<long>());
        Assert.Equal([true, false, true], loaded["blocks.0.mask \u00e4\""].ToArray<bool>());
        Assert.Equal(["a.safetensors"], Names);
    }

    [Fact]
    public void TheLayoutIsThatOfTheFormat()
    {
        var path = PathOf("b.safetensors");
        SafeTensors.Save(path, new Dictionary<string, Tensor> { ["x"] = Tensor.From(new[] { 1f, 2f }, 2) });
        var bytes = File.ReadAllBytes(path);
        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", Encoding.UTF8.GetString(bytes, 8, (int)length).TrimEnd());
        Assert.Equal(8 + length + 8, bytes.Length);
        Assert.Equal(2f, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan((int)(8 + length + 4))));
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}""", 8, "F16")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "have 8 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "the file has 7 bytes of data")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "1 bytes before the file")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "data lie at")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "no size")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4294967298],"data_offsets":[0,8]}}""", 8, "no size")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2147483647,2147483647,2147483647,2147483647,2147483647],"data_offsets":[0,8]}}""", 8, "have 8 bytes")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "neither overlap")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "leave gaps")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "JSON")]
    [InlineData("""{"x":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}}""", 8, "truth value")]
    [InlineData("""{"x":[]}""", 0, "something else")]
    [InlineData("""[]""", 0, "no JSON object")]
    [InlineData("""{"x""", 0, "JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "")]
    public void MalformedFilesAreRefused(string header, int dataLength, string reason)
    {
        var path = PathOf("c.safetensors");
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + dataLength];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, text.Length);
        text.CopyTo(bytes, 8);
        bytes.AsSpan(8 + text.Length).Fill(2);
        File.WriteAllBytes(path, bytes);
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => SafeTensors.Load(path)).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void AFileWithoutAHeaderIsRefused(int length)
    {
        File.WriteAllBytes(PathOf("d"), new byte[length]);
        Assert.Throws<InvalidDataException>(() => SafeTensors.Load(PathOf("d")));
        Assert.Throws<FileNotFoundException>(() => SafeTensors.Load(PathOf("missing")));
    }

    [Fact]
    public void AnEnormousHeaderIsNotAllocated()
    {
        var bytes = new byte[16];
        bytes.AsSpan(0, 8).Fill(0xFF);
        File.WriteAllBytes(PathOf("e"), bytes);
        Assert.Contains("does not fit", Assert.Throws<InvalidDataException>(() => SafeTensors.Load(PathOf("e"))).Message);
    }

    [Fact]
    public void DamagedFilesNeverCrash()
    {
        SafeTensors.Save(PathOf("f"), Example());
        Fuzz(File.ReadAllBytes(PathOf("f")), path => SafeTensors.Load(path), 3000);
    }

    [Fact]
    public void AFailedSaveLeavesTheOldFile()
    {
        var path = PathOf("g");
        SafeTensors.Save(path, Example());
        var before = File.ReadAllBytes(path);
        Assert.Throws<ArgumentException>(() => SafeTensors.Save(path, new Dictionary<string, Tensor> { ["__metadata__"] = Tensor.Zeros(1) }));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(["g"], Names);
    }

    [Fact]
    public void NetworksAreSavedAndLoaded()
    {
        var (one, other) = (new Pair(3), new Pair(3));
        one.Initialize(7);
        one.Save(PathOf("net"));
        other.Load(PathOf("net"));
        Assert.Equal(one.First.ToArray<float>(), other.First.ToArray<float>());
        Assert.Equal(one.Second.ToArray<float>(), other.Second.ToArray<float>());

        var before = other.First.ToArray<float>();
        Assert.Contains("'First' is Float32 [3 3] in the file and Float32 [4 4]", Assert.Throws<InvalidDataException>(() => new Pair(4).Load(PathOf("net"))).Message);
        SafeTensors.Save(PathOf("less"), new Dictionary<string, Tensor> { ["First"] = Tensor.Zeros(3, 3) });
        Assert.Contains("no tensor 'Second'", Assert.Throws<InvalidDataException>(() => other.Load(PathOf("less"))).Message);
        SafeTensors.Save(PathOf("more"), new Dictionary<string, Tensor> { ["First"] = Tensor.Zeros(3, 3), ["Second"] = Tensor.Zeros(3), ["Third"] = Tensor.Zeros(1) });
        Assert.Contains("'Third'", Assert.Throws<InvalidDataException>(() => other.Load(PathOf("more"))).Message);
        Assert.Equal(before, other.First.ToArray<float>());
    }
}

/// <summary>PNG images.</summary>
public class FilesPngTests : FilesTestBase
{
    private static float[] Quantized(Tensor image) => [.. image.ToArray<float>().Select(v => MathF.Round(Math.Clamp(v, 0, 1) * 255) / 255f)];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 300)]
    [InlineData(17, 5)]
    [InlineData(64, 64)]
    public void ImagesSurviveTheFile(int height, int width)
    {
        var gray = Tensor.Empty(DType.Float32, height, width);
        var pixels = gray.AsSpan<float>();
        var random = new Random(1);
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = i % 3 == 0 ? random.NextSingle() * 1.4f - 0.2f : i / (float)pixels.Length;
        Png.WriteGray(PathOf("gray.png"), gray);
        var read = Png.ReadGray(PathOf("gray.png"));
        Assert.Equal([height, width], read.Shape.ToArray());
        Assert.Equal(Quantized(gray), read.ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);

        var rgb = Tensor.Empty(DType.Float32, 3, height, width);
        for (var plane = 0; plane < 3; plane++)
            rgb.Row(plane).CopyFrom(gray);
        rgb.Row(1).Fill(0.5);
        Png.WriteRgb(PathOf("rgb.png"), rgb);
        Assert.Equal(Quantized(rgb), Png.ReadRgb(PathOf("rgb.png")).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([3, height, width], Png.ReadRgb(PathOf("gray.png")).Shape.ToArray());
        var first = Quantized(rgb)[0];
        Assert.Equal(0.413f * first + 0.587f * 128 / 255f, Png.ReadGray(PathOf("rgb.png")).ToArray<float>()[0], 1e-5f);
    }

    [Fact]
    public void WhatIsNoImageIsNotWritten()
    {
        Assert.Throws<ArgumentException>(() => Png.WriteGray(PathOf("x"), Tensor.Zeros(3)));
        Assert.Throws<ArgumentException>(() => Png.WriteGray(PathOf("x"), Tensor.Zeros(0, 3)));
        Assert.Throws<ArgumentException>(() => Png.WriteRgb(PathOf("x"), Tensor.Zeros(2, 3, 3)));
        Assert.Throws<ArgumentException>(() => Png.WriteGray(PathOf("x"), Tensor.Full([2, 2], double.NaN)));
        Assert.Empty(Names);
    }

    private static byte[] Chunk(string type, params byte[] data)
    {
        var crc = ~0u;
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        foreach (var b in body)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
        }
        var (length, check) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(check, ~crc);
        return [.. length, .. body, .. check];
    }

    private static byte[] Zip(byte[] data)
    {
        using var memory = new MemoryStream();
        using (var zlib = new ZLibStream(memory, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(data);
        return memory.ToArray();
    }

    /// <summary>A file by hand: header fields and the filtered rows.</summary>
    private string Build(int width, int height, int depth, int color, byte[] rows, int interlace = 0, params byte[][] extra)
    {
        byte[] header = [.. new byte[8], (byte)depth, (byte)color, 0, 0, (byte)interlace];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        var data = Zip(rows);
        var half = data.Length / 2;         // two data chunks
        byte[] file = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, .. Chunk("IHDR", header), .. extra.SelectMany(x => x),
            .. Chunk("IDAT", data[..half]), .. Chunk("IDAT", data[half..]), .. Chunk("tEXt", 65, 0, 66), .. Chunk("IEND")];
        File.WriteAllBytes(PathOf("built.png"), file);
        return PathOf("built.png");
    }

    [Fact]
    public void EveryFilterIsUndone()
    {
        // The rows 10 20 30 / 11 22 33 / ... filtered by hand.
        var path = Build(3, 5, 8, 0, [
            0, 10, 20, 30,
            1, 10, 10, 10,          // 10 20 30
            2, 1, 2, 3,             // 11 22 33
            3, 10, 10, 10,          // 10+5 = 15, 10+(15+22)/2 = 28, 10+(28+33)/2 = 40
            4, 1, 1, 1]);           // 16; 28 is nearest to 16+28-15 = 29: 29; 40 is nearest to 29+40-28 = 41: 41
        Assert.Equal(
            new float[] { 10, 20, 30, 10, 20, 30, 11, 22, 33, 15, 28, 40, 16, 29, 41 },
            Png.ReadGray(path).ToArray<float>().Select(v => MathF.Round(v * 255)));
    }

    [Fact]
    public void EveryDepthIsRead()
    {
        Assert.Equal([1f, 0f, 1f, 1f, 0f, 0f, 0f, 0f, 1f], Png.ReadGray(Build(9, 1, 1, 0, [0, 0b10110000, 0b10000000])).ToArray<float>());
        Assert.Equal([0f, 1 / 3f, 2 / 3f, 1f], Png.ReadGray(Build(4, 1, 2, 0, [0, 0b00011011])).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([0f, 1f, 5 / 15f], Png.ReadGray(Build(3, 1, 4, 0, [0, 0x0F, 0x50])).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([1f, 0x1234 / 65535f], Png.ReadGray(Build(2, 1, 16, 0, [0, 0xFF, 0xFF, 0x12, 0x34])).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
        var palette = Chunk("PLTE", 255, 0, 0, 0, 255, 0);
        Assert.Equal([0f, 1f, 1f, 0f, 0f, 0f], Png.ReadRgb(Build(2, 1, 8, 3, [0, 1, 0], 0, palette)).ToArray<float>());
        Assert.Contains("palette of 2", Assert.Throws<InvalidDataException>(() => Png.ReadRgb(Build(2, 1, 8, 3, [0, 2, 0], 0, palette))).Message);
    }

    [Fact]
    public void WhatIsNotReadIsRefusedWithTheReason()
    {
        void Refused(string reason, string path) => Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Png.ReadGray(path)).Message);
        Refused("interlaced", Build(1, 1, 8, 0, [0, 1], interlace: 1));
        Refused("alpha", Build(1, 1, 8, 6, [0, 1, 2, 3, 4]));
        Refused("transparent", Build(1, 1, 8, 0, [0, 1], 0, Chunk("tRNS", 0, 1)));
        Refused("does not exist", Build(1, 1, 7, 0, [0, 1]));
        Refused("palette is missing", Build(1, 1, 8, 3, [0, 1]));
        Refused("cannot hold", Build(1_000_000, 1_000_000, 8, 0, [0, 1]));
        Refused("damaged", Build(1, 2, 8, 0, [0, 1]));
        Refused("more rows", Build(1, 1, 8, 0, [0, 1, 0, 1]));
        Refused("filter 9", Build(1, 1, 8, 0, [9, 1]));
        Refused("critical", Build(1, 1, 8, 0, [0, 1], 0, Chunk("ABCD", 1)));
        var path = Build(1, 1, 8, 0, [0, 1]);
        var bytes = File.ReadAllBytes(path);
        bytes[18] ^= 1;
        File.WriteAllBytes(path, bytes);
        Refused("checksum", path);
        File.WriteAllBytes(path, bytes[..20]);
        Refused("does not fit", path);
        File.WriteAllBytes(path, []);
        Refused("no PNG", path);
    }

    [Fact]
    public void DamagedFilesNeverCrash()
    {
        Fuzz(File.ReadAllBytes(Build(3, 2, 8, 2, [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 1, 2, 3, 4, 5, 6, 7, 8, 9])), path => Png.ReadGray(path), 3000);
        // Damage behind the checksums.
        var random = new Random(2);
        for (var round = 0; round < 2000; round++)
        {
            var rows = new byte[random.Next(0, 40)];
            random.NextBytes(rows);
            if (rows.Length > 0) rows[0] %= 6;
            var path = Build(random.Next(0, 8), random.Next(0, 4), 1 << random.Next(0, 5), random.Next(0, 7), rows, 0, Chunk("PLTE", new byte[random.Next(0, 4) * 3]));
            try
            {
                Png.ReadRgb(path);
            }
            catch (InvalidDataException)
            {
            }
        }
    }
}
