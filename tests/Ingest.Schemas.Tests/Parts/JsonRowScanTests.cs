using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Ingest.Schemas.Tests;

/// <summary>The scan takes exactly what <see cref="Utf8JsonReader"/> takes within the limits, and finds the same in it.</summary>
public sealed class JsonRowScanTests
{
    private const int RandomInputs = 50_000;

    private static readonly SchemaLimits s_limits = new() { InstanceDepthMax = 5, NumberCharsMax = 30, NumberExponentMax = 400 };

    private const string Sample =
        "{\"a\\u00e9\\n\\ud83d\" : \"ü\",\r\n\t\"data\":[1.5e-3,true,{\"x\":-0,\"y\":[{}]},null,[]],\"\":false,\"long enough for a vector\":120E+7}";

    [Fact]
    public void Each_byte_of_a_text_matters_as_it_does_to_the_reader()
    {
        var sample = Encoding.UTF8.GetBytes(Sample);
        Assert.True(AssertSame(sample));
        for (var at = 0; at <= sample.Length; at++)
        {
            AssertSame(sample[..at]);
            AssertSame([.. sample[..at], .. sample.AsSpan(Math.Min(at + 1, sample.Length))]);
            for (var value = 0; value < 256; value++)
            {
                AssertSame([.. sample[..at], (byte)value, .. sample.AsSpan(at)]);
                AssertSame([.. sample[..at], (byte)value, .. sample.AsSpan(Math.Min(at + 1, sample.Length))]);
            }
        }
    }

    [Fact]
    public void Each_byte_of_a_string_matters_wherever_it_stands()
    {
        byte[] special = [(byte)'"', (byte)'\\', 0, (byte)'\n', 0x1f, 0x20, 0x7f];
        for (var length = 1; length <= 50; length++)
        {
            foreach (var value in special)
            {
                for (var at = 0; at < length; at++)
                {
                    var text = Enumerable.Repeat((byte)'n', length).ToArray();
                    text[at] = value;
                    AssertSame([(byte)'"', .. text, (byte)'"']);
                    AssertSame([.. "{\""u8, .. text, .. "\":[\""u8, .. text, .. "\"]}"u8]);
                }
            }
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-0.0e-0")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("1234567890123456789012345678901")]
    [InlineData("-1.5E+400")]
    [InlineData("1e401")]
    [InlineData("0e-000000000000000000401")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("-")]
    [InlineData("+1")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1.5.5")]
    [InlineData("0x1")]
    [InlineData("tru")]
    [InlineData("nulls")]
    [InlineData("[[[[[]]]]]")]
    [InlineData("[[[[[1,{}]]]]]")]
    [InlineData("[[[[[[]]]]]]")]
    [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}")]
    [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\" 1}")]
    [InlineData("{\"a\"}")]
    [InlineData("[}")]
    [InlineData("{]")]
    [InlineData("1 1")]
    [InlineData(" \t\r\n1 \t\r\n")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"\\")]
    [InlineData("\uFEFF1")]
    public void Edges_are_those_of_the_reader(string text)
    {
        AssertSame(Encoding.UTF8.GetBytes(text));
        AssertSame(Encoding.UTF8.GetBytes($"[{text},\"{text}\"]"));
    }

    [Fact]
    public void Whatever_comes_the_rows_are_those_of_the_reader()
    {
        var random = new Random(11);
        var seed = Encoding.UTF8.GetBytes(Sample);
        var punctuation = "{}[]:,\"\\0-.e \n"u8;
        var taken = 0;
        for (var i = 0; i < RandomInputs; i++)
        {
            var bytes = seed.ToList();
            for (var changes = random.Next(4); changes > 0; changes--)
            {
                var at = random.Next(bytes.Count);
                var value = random.Next(3) == 0 ? (byte)random.Next(128) : punctuation[random.Next(punctuation.Length)];
                switch (random.Next(3))
                {
                    case 0:
                        bytes[at] = value;
                        break;
                    case 1:
                        bytes.Insert(at, value);
                        break;
                    default:
                        bytes.RemoveAt(at);
                        break;
                }
            }

            if (AssertSame([.. bytes]))
                taken++;
        }

        // Neither side may be missing.
        Assert.InRange(taken, RandomInputs / 5, RandomInputs * 4 / 5);
    }

    /// <returns>Whether it is taken.</returns>
    private static bool AssertSame(byte[] text)
    {
        // Nothing else is given to either.
        if (!Utf8.IsValid(text))
            return false;
        var scanned = new JsonRowBuffer(1);
        var read = new JsonRowBuffer(1);
        var isTaken = JsonRowScan.TryRead(text, s_limits, ref scanned);
        var isSound = IsReadable(text, ref read);
        var isSame = isTaken == isSound && (!isTaken || Describe(scanned) == Describe(read));
        if (!isSame)
        {
            Assert.Fail($"The reader finds {(isSound ? Describe(read) : "nothing")}, the scan {(isTaken ? Describe(scanned) : "nothing")}"
                + $" in {Encoding.UTF8.GetString(text)} ({Convert.ToHexString(text)})");
        }

        scanned.Dispose();
        read.Dispose();
        return isTaken;
    }

    private static bool IsReadable(byte[] text, ref JsonRowBuffer rows)
    {
        try
        {
            return JsonRowReader.Read(text, s_limits, ref rows) is null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Describe(in JsonRowBuffer rows)
    {
        var text = new StringBuilder();
        foreach (ref readonly var row in rows.Rows)
            text.Append($"{row.Kind} {row.Start} {row.Length} {row.Rows} {row.Count} {row.Escaped}; ");
        return text.ToString();
    }
}
