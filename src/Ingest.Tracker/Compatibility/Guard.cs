namespace Ingest.Tracker;

/// <summary>Checks of arguments that exist in both frameworks.</summary>
internal static class Guard
{
    public static void NotNull(object? value, string name)
    {
        if (value is null)
            throw new ArgumentNullException(name);
    }

    public static void That(bool holds, string message, string name)
    {
        if (!holds)
            throw new ArgumentException(message, name);
    }
}
