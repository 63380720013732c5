using System.Globalization;

namespace Ingest.TestKit;

/// <summary>The random choices of a test: another seed at every run, printed, and given again to replay a failure.</summary>
public static class TestSeed
{
    public static Random Next()
    {
        var given = Environment.GetEnvironmentVariable("INGEST_TEST_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        Progress.Write(
            $"Seed {seed}. To replay: INGEST_TEST_SEED={seed} ./ingest test {TestContext.Current.TestMethod!.MethodName}");
        return new Random(seed);
    }
}
