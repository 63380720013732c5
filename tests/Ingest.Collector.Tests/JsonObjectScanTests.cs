using System.Text;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary>The scan of sound objects takes exactly what <see cref="Utf8JsonReader"/> takes, and finds the same in it.</summary>
public sealed class JsonObjectScanTests
{
    private const int RandomInputs = 50_000;
    private const int RandomInputsLong = 5_000_000;

    private static readonly JsonField[] Fields = Enum.GetValues<JsonField>();

    private const string Sample =
        "{\"event_id\" : \"a\\u00e9\\n\\ud83d\\ude00\",\"n\\u0061me\":\"ü\",\r\n\t\"data\":[1.5e-3,true,{\"x\":-0,\"y\":[{}]},null,[]],\"schema\":false,\"sent_at\":120E+7}";

    [Fact]
    public void Each_byte_of_an_object_matters_as_it_does_to_the_reader()
    {
        var sample = Encoding.UTF8.GetBytes(Sample);
        AssertTaken(sample);
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
        byte[] special = [(byte)'"', (byte)'\\', 0, (byte)'\n', 0x1f, 0x20, 0x7f, 0x80, 0xff];
        for (var length = 1; length <= 50; length++)
        {
            foreach (var value in special)
            {
                for (var at = 0; at < length; at++)
                {
                    var text = Enumerable.Repeat((byte)'n', length).ToArray();
                    text[at] = value;
                    AssertSame([.. "{\"name\":\""u8, .. text, .. "\"}"u8]);
                    AssertSame([.. "{\"a\":[\""u8, .. text, .. "\"]}"u8]);
                    AssertSame([.. "{\""u8, .. text, .. "\":1}"u8]);
                }
            }
        }
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    [InlineData("[{\"a\":", "}]")]
    public void Nesting_is_followed_as_deep_as_events_may_be(string open, string close)
    {
        for (var times = 1; times <= JsonScan.DepthMax + 2; times++)
        {
            var nested = $"{{\"x\":{Repeat(open, times)}1{Repeat(close, times)},\"data\":[]}}";
            AssertSame(Encoding.UTF8.GetBytes(nested));
            AssertSame(Encoding.UTF8.GetBytes(nested.Replace("1", "", StringComparison.Ordinal)));
        }
        AssertTaken(Encoding.UTF8.GetBytes($"{{\"a\":{Repeat("[", JsonScan.DepthMax - 1)}{Repeat("]", JsonScan.DepthMax - 1)}}}"));

        static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
    }

    [Fact]
    public void Whatever_comes_the_outcome_is_that_of_the_reader()
    {
        var inputs = Environment.GetEnvironmentVariable("INGEST_TEST_LONG") == "1" ? RandomInputsLong : RandomInputs;
        var taken = 0;
        for (var seed = 0; seed < inputs; seed++)
        {
            var input = new RandomJson(new Random(seed)).MakeObject();
            if (AssertSame(input))
                taken++;
        }
        // Neither side may be missing: some inputs are sound, and most changes make one that is not.
        Assert.InRange(taken, inputs / 5, inputs * 4 / 5);
    }

    [Fact]
    public void An_array_has_the_same_events_whichever_way_it_is_read()
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var json = new RandomJson(random);
            var items = Enumerable.Range(0, 1 + random.Next(5)).Select(_ => json.MakeObject());
            var body = items.Aggregate((byte[])[(byte)'['], (all, item) => [.. all, .. item, (byte)',']);

            // A last item that is no object is left to the reader, and everything before it too.
            AssertSameArray(body);
        }
    }

    private static void AssertSameArray(byte[] begun)
    {
        using var byScan = new PooledList<JsonEvent>();
        using var byReader = new PooledList<JsonEvent>();
        JsonBody.TryScan([.. begun, .. "{}]"u8], FieldNames.Default, 1000, byScan);
        JsonBody.TryScan([.. begun, .. "7]"u8], FieldNames.Default, 1000, byReader);
        Assert.Equal(byReader.Count, byScan.Count);
        for (var i = 0; i < byScan.Count - 1; i++)
            Assert.Equal(Describe(byReader.Items[i]), Describe(byScan.Items[i]));
    }

    private static void AssertTaken(byte[] json) => Assert.True(AssertSame(json), "It should be taken.");

    /// <returns>True where it is taken.</returns>
    private static bool AssertSame(byte[] json)
    {
        var isTaken = JsonObjectScan.TryRead(json, 0, FieldNames.Default, out var found);
        var isSound = TryReadByReader(json, out var reference);
        if (isTaken != isSound || (isTaken && !AreSame(found, reference)))
        {
            var (expected, actual) = (isSound ? Describe(reference) : "nothing", isTaken ? Describe(found) : "nothing");
            Assert.Fail($"The reader finds {expected}, the scan {actual} in {Encoding.Latin1.GetString(json)} ({Convert.ToHexString(json)})");
        }
        return isTaken;
    }

    private static bool AreSame(JsonEvent a, JsonEvent b) =>
        (a.Payload, a.Depth, a.IsObject, a.Problem) == (b.Payload, b.Depth, b.IsObject, b.Problem)
        && Array.TrueForAll(Fields, field => a[field] == b[field]);

    private static string Describe(in JsonEvent found)
    {
        var text = new StringBuilder($"{found.Payload} {found.Depth} {found.IsObject} {found.Problem}");
        foreach (var field in Fields)
            text.Append(found[field].ToString());
        return text.ToString();
    }

    /// <summary>Reads an object token by token, as plainly as can be.</summary>
    private static bool TryReadByReader(byte[] json, out JsonEvent found)
    {
        found = new JsonEvent { IsObject = true, Depth = 1 };
        if (json is not [(byte)'{', ..])
            return false;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var field = FieldOf(reader);
                reader.Read();
                var (type, start) = (reader.TokenType, (int)reader.TokenStartIndex);
                do
                {
                    if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                        found.Depth = Math.Max(found.Depth, reader.CurrentDepth + 1);
                }
                while ((reader.CurrentDepth > 1 || IsStart(reader.TokenType)) && reader.Read());
                var length = (int)reader.BytesConsumed - start;
                if (field is { } known)
                    found[known] = new JsonFieldValue(type, type == JsonTokenType.String ? new Slice(start + 1, length - 2) : new Slice(start, length));
            }
        }
        catch (JsonException)
        {
            return false;
        }
        found.Payload = new Slice(0, (int)reader.BytesConsumed);
        return found.Depth <= JsonScan.DepthMax;
    }

    private static bool IsStart(JsonTokenType type) => type is JsonTokenType.StartObject or JsonTokenType.StartArray;

    private static JsonField? FieldOf(in Utf8JsonReader name)
    {
        try
        {
            foreach (var field in Fields)
            {
                if (name.ValueTextEquals(FieldNames.Default[field]))
                    return field;
            }
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no text, and so none of our names.
        }
        return null;
    }
}
