using System.Globalization;
using Ingest.Engine;

namespace Ingest.TestKit;

/// <summary>Objects whose bytes follow from their key, so that a reader can tell a whole one from a part.</summary>
public static class NumberedObject
{
    private const int LengthMax = 256 << 10;

    public static LakeObject Of(int number) => TestObject.Of(KeyOf(number), BytesOf(number));

    public static string KeyOf(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"good/source=app-{number % 7}/hr={number % 24:D2}/{number}.json.gz");

    public static int NumberOf(string key) =>
        int.Parse(key[(key.LastIndexOf('/') + 1)..].Split('.')[0], CultureInfo.InvariantCulture);

    public static byte[] BytesOf(int number) => TestObject.Bytes(number, 1 + (int)(number * 7919L % LengthMax));
}
