namespace Ingest.Storage;

/// <summary>The body that the child writes for a seq; the parent makes the same to compare.</summary>
public static class CrashBody
{
    /// <summary>1 to 20,000 bytes that follow from the arguments alone.</summary>
    public static byte[] Of(int partition, long seq)
    {
        var random = new Random(unchecked((partition * 7_919) + (int)seq));
        var body = new byte[random.Next(1, 20_000)];
        random.NextBytes(body);
        return body;
    }
}
