namespace Ingest.Cli;

/// <summary>Asks the person at the terminal before something happens.</summary>
internal static class Confirmation
{
    /// <summary>True for a typed <c>yes</c>. Where nobody can type, it is no.</summary>
    public static bool Ask(string question)
    {
        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine($"{question} Nobody is there to ask: say --yes.");
            return false;
        }

        Console.Write($"{question} Type yes: ");
        if (Console.ReadLine()?.Trim() == "yes")
            return true;
        Console.WriteLine("Nothing was changed.");
        return false;
    }
}
